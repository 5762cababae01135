namespace EtchStream.Formats.Ext4.Growth;

/// <summary>To which sizes a file system can be grown without moving anything that lies in it.</summary>
internal static class GrowthLimits
{
    /// <summary>Blocks that a last group must have beyond its own metadata to be worth having, as resize2fs sees it.</summary>
    private const int LeastUse = 50;

    /// <summary>The most blocks that the file system can have: as many as its numbers can count.</summary>
    public static long MaxBlocks(Ext4Superblock superblock)
    {
        var maxGroups = Math.Min(uint.MaxValue / (long)superblock.InodesPerGroup, Ext4Superblock.MaxGroups);
        var byGroups = superblock.FirstDataBlock + (maxGroups * superblock.BlocksPerGroup);
        return superblock.Is64Bit ? byGroups : Math.Min(byGroups, uint.MaxValue);
    }

    /// <summary>The size that is taken when one is asked for: a last group too small to hold more than itself is left out.</summary>
    public static long Fit(Ext4Superblock superblock, GroupDescriptors groups, long blocks)
    {
        var inLast = (blocks - superblock.FirstDataBlock) % superblock.BlocksPerGroup;
        if (inLast == 0) return blocks;
        var last = (blocks - superblock.FirstDataBlock) / superblock.BlocksPerGroup;
        if (last < superblock.GroupCount) return blocks;
        return inLast < Overhead(superblock, groups, last) + LeastUse ? blocks - inLast : blocks;
    }

    /// <summary>How many blocks it takes for more to be free.</summary>
    /// <param name="superblock">The superblock.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="moreBlocks">Blocks that have to become free; none where it is 0 or less.</param>
    /// <param name="moreInodes">Inodes that have to become free; none where it is 0 or less.</param>
    /// <returns>A number beyond <see cref="MaxBlocks"/> where no size is enough.</returns>
    public static long BlocksFor(Ext4Superblock superblock, GroupDescriptors groups, long moreBlocks, long moreInodes)
    {
        var count = superblock.BlockCount;
        if (moreBlocks <= 0 && moreInodes <= 0) return count;

        // First the last group is filled up, which brings no inodes.
        var inLast = superblock.BlocksInGroup(superblock.GroupCount - 1);
        if (moreInodes <= 0 && moreBlocks <= superblock.BlocksPerGroup - inLast) return count + moreBlocks;
        count += superblock.BlocksPerGroup - inLast;
        moreBlocks -= superblock.BlocksPerGroup - inLast;

        // What is asked for can be any number that an archive's header holds: group by group it is counted no further than is of use.
        var limit = MaxBlocks(superblock);
        for (long group = superblock.GroupCount; count <= limit; group++)
        {
            var overhead = Overhead(superblock, groups, group);
            var useful = superblock.BlocksPerGroup - overhead;
            moreInodes -= superblock.InodesPerGroup;

            // A last group has to be of some use to be made at all.
            if (moreInodes <= 0 && moreBlocks <= useful) return count + overhead + Math.Max(moreBlocks, LeastUse);
            count += superblock.BlocksPerGroup;
            moreBlocks -= useful;
        }

        return count;
    }

    /// <summary>Blocks of a new group that are its own metadata; those of meta_bg's descriptors are counted wherever they might be.</summary>
    private static long Overhead(Ext4Superblock superblock, GroupDescriptors groups, long group)
    {
        long overhead = 2 + groups.InodeTableBlocks + (IsMeta(superblock) ? 1 : 0);
        return superblock.GroupHasSuperblock(group) ? overhead + 1 + groups.TableBlocks + superblock.Raw.ReservedGdtBlocks : overhead;
    }

    /// <summary>
    /// How many groups can be described one behind the other from the superblock on: in what is left of the last block of descriptors, and
    /// in the reserve. The groups beyond are described where they lie (meta_bg).
    /// </summary>
    public static long LinearGroups(Ext4Superblock superblock, GroupDescriptors groups) =>
        IsMeta(superblock) ? long.MaxValue : (groups.TableBlocks + superblock.Raw.ReservedGdtBlocks) * (superblock.BlockSize / superblock.DescriptorSize);

    /// <summary>Whether the reserve behind the descriptors can be used: the resize inode keeps it.</summary>
    public static bool HasReserve(Ext4Superblock superblock) => (superblock.Compat & Ext4CompatFeatures.ResizeInode) != 0;

    /// <summary>Whether descriptors lie in the groups that they describe.</summary>
    public static bool IsMeta(Ext4Superblock superblock) => (superblock.Incompat & Ext4IncompatFeatures.MetaBlockGroups) != 0;
}
