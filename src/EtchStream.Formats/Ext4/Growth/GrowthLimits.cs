namespace EtchStream.Formats.Ext4.Growth;

/// <summary>To which sizes a file system can be grown without moving anything that lies in it.</summary>
internal static class GrowthLimits
{
    /// <summary>Blocks that a last group must have beyond its own metadata to be worth having, as resize2fs sees it.</summary>
    private const int LeastUse = 50;

    /// <summary>The most blocks that the file system can have: as many as its descriptors and its numbers have room for.</summary>
    public static long MaxBlocks(Ext4Superblock superblock, GroupDescriptors groups)
    {
        var perBlock = superblock.BlockSize / superblock.DescriptorSize;

        // The descriptors of groups that are not yet there go into what is left of their last block, and then into the reserve.
        long descriptorBlocks = groups.TableBlocks + (HasReserve(superblock) ? superblock.Raw.ReservedGdtBlocks : 0);
        var byDescriptors = IsMeta(superblock) ? long.MaxValue : descriptorBlocks * perBlock;
        var byInodes = uint.MaxValue / (long)superblock.InodesPerGroup;
        var maxGroups = Math.Min(Math.Min(byDescriptors, byInodes), Ext4Superblock.MaxGroups);
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
        long overhead = 2 + groups.InodeTableBlocks;
        if (superblock.GroupHasSuperblock(last)) overhead += 1 + groups.TableBlocks + superblock.Raw.ReservedGdtBlocks;
        return inLast < overhead + LeastUse ? blocks - inLast : blocks;
    }

    /// <summary>Whether the reserve behind the descriptors can be used: the resize inode keeps it.</summary>
    public static bool HasReserve(Ext4Superblock superblock) => (superblock.Compat & Ext4CompatFeatures.ResizeInode) != 0;

    /// <summary>Whether descriptors lie in the groups that they describe.</summary>
    public static bool IsMeta(Ext4Superblock superblock) => (superblock.Incompat & Ext4IncompatFeatures.MetaBlockGroups) != 0;
}
