using EtchStream.Formats.Ext4.Layout;

namespace EtchStream.Formats.Ext4;

/// <summary>Which features can be read, which can be written, and what to tell the user about the rest.</summary>
internal static class Ext4FeatureCheck
{
    private const Ext4IncompatFeatures KnownIncompat =
        Ext4IncompatFeatures.FileType | Ext4IncompatFeatures.NeedsRecovery | Ext4IncompatFeatures.MetaBlockGroups |
        Ext4IncompatFeatures.Extents | Ext4IncompatFeatures.SixtyFourBit | Ext4IncompatFeatures.FlexibleBlockGroups |
        Ext4IncompatFeatures.EaInode | Ext4IncompatFeatures.ChecksumSeed | Ext4IncompatFeatures.LargeDirectories |
        Ext4IncompatFeatures.InlineData | Ext4IncompatFeatures.MultiMountProtection | Ext4IncompatFeatures.Encrypt |
        Ext4IncompatFeatures.CaseFold;

    private const Ext4IncompatFeatures WritableIncompat =
        Ext4IncompatFeatures.FileType | Ext4IncompatFeatures.MetaBlockGroups | Ext4IncompatFeatures.Extents |
        Ext4IncompatFeatures.SixtyFourBit | Ext4IncompatFeatures.FlexibleBlockGroups | Ext4IncompatFeatures.EaInode |
        Ext4IncompatFeatures.ChecksumSeed | Ext4IncompatFeatures.LargeDirectories | Ext4IncompatFeatures.InlineData;

    private const Ext4RoCompatFeatures WritableRoCompat =
        Ext4RoCompatFeatures.SparseSuper | Ext4RoCompatFeatures.LargeFile | Ext4RoCompatFeatures.HugeFile |
        Ext4RoCompatFeatures.GroupDescriptorChecksum | Ext4RoCompatFeatures.DirectoryLinks |
        Ext4RoCompatFeatures.ExtraInodeSize | Ext4RoCompatFeatures.MetadataChecksum;

    /// <summary>Names as tune2fs and dumpe2fs spell them, with the advice where there is a special one.</summary>
    private static readonly Dictionary<Ext4IncompatFeatures, (string Name, string Advice)> IncompatNames = new()
    {
        [Ext4IncompatFeatures.Compression] = ("compression", "make the file system without it"),
        [Ext4IncompatFeatures.NeedsRecovery] = ("needs_recovery", "its journal has not been replayed: run e2fsck -f on the partition, or mount and unmount it once, before the image is packed"),
        [Ext4IncompatFeatures.JournalDevice] = ("journal_dev", "this is an external journal, not a file system"),
        [Ext4IncompatFeatures.MultiMountProtection] = ("mmp", "turn it off with tune2fs -O ^mmp"),
        [Ext4IncompatFeatures.DirData] = ("dirdata", "make the file system without it"),
        [Ext4IncompatFeatures.Encrypt] = ("encrypt", "make the file system without it"),
        [Ext4IncompatFeatures.CaseFold] = ("casefold", "make the file system without it"),
    };

    private static readonly Dictionary<Ext4RoCompatFeatures, (string Name, string Advice)> RoCompatNames = new()
    {
        [Ext4RoCompatFeatures.BtreeDirectories] = ("btree_dir", "make the file system without it"),
        [Ext4RoCompatFeatures.Snapshot] = ("has_snapshot", "make the file system without it"),
        [Ext4RoCompatFeatures.Quota] = ("quota", "turn it off with tune2fs -O ^quota"),
        [Ext4RoCompatFeatures.BigAllocation] = ("bigalloc", "make the file system without it"),
        [Ext4RoCompatFeatures.Replica] = ("replica", "make the file system without it"),
        [Ext4RoCompatFeatures.ReadOnly] = ("read-only", "turn it off with tune2fs -O ^read-only"),
        [Ext4RoCompatFeatures.Project] = ("project", "turn it off with tune2fs -O ^project"),
        [Ext4RoCompatFeatures.SharedBlocks] = ("shared_blocks", "run e2fsck -E unshare_blocks"),
        [Ext4RoCompatFeatures.Verity] = ("verity", "make the file system without it"),
        [Ext4RoCompatFeatures.OrphanPresent] = ("orphan_present", "the file system was not cleanly unmounted: run e2fsck -f on the partition before the image is packed"),
    };

    /// <summary>The name of the first of some features.</summary>
    public static string NameOf(Ext4RoCompatFeatures features)
    {
        var first = (Ext4RoCompatFeatures)LowestBit((uint)features);
        return RoCompatNames.TryGetValue(first, out var known) ? known.Name : first.ToString();
    }

    /// <summary>Refuses what cannot even be read.</summary>
    public static void EnsureReadable(Ext4IncompatFeatures incompat)
    {
        if ((incompat & ~KnownIncompat) is var unknown and not 0) throw Refusal(unknown);
    }

    /// <summary>Refuses, before the first write, every file system in which a write could do damage.</summary>
    public static void EnsureWritable(Ext4Superblock superblock)
    {
        if ((superblock.Incompat & ~WritableIncompat) is var incompat and not 0) throw Refusal(incompat);
        if ((superblock.RoCompat & ~WritableRoCompat) is var roCompat and not 0) throw Refusal(roCompat);
        ref var raw = ref superblock.Raw;
        if ((superblock.Compat & Ext4CompatFeatures.HasJournal) != 0 && (raw.JournalInode == 0u || raw.JournalDevice != 0u))
        {
            throw new UnsupportedFormatException("external journal", "the file system keeps its journal on another device (feature has_journal with an external journal): give it an internal one with tune2fs -J");
        }

        if ((raw.State & Ext4Constants.StateErrors) != 0)
        {
            throw new CorruptFormatException("ext4 superblock", Ext4Constants.SuperblockOffset, "the file system is marked as having errors (state \"errors\"): run e2fsck -f on the partition before the image is packed");
        }

        if ((raw.State & Ext4Constants.StateValid) == 0)
        {
            throw new UnsupportedFormatException("not clean", "the file system was not cleanly unmounted (state \"not clean\"): run e2fsck -f on the partition before the image is packed");
        }

        if (raw.LastOrphan != 0u)
        {
            throw new UnsupportedFormatException("orphan inodes", $"the file system has a list of orphan inodes (first: {raw.LastOrphan}): run e2fsck -f on the partition before the image is packed");
        }

        if ((superblock.RoCompat & Ext4RoCompatFeatures.MetadataChecksum) != 0 && (superblock.RoCompat & Ext4RoCompatFeatures.GroupDescriptorChecksum) != 0)
        {
            throw new CorruptFormatException("ext4 superblock", Ext4Constants.SuperblockOffset, "metadata_csum and uninit_bg are both set, which excludes each other");
        }
    }

    private static UnsupportedFormatException Refusal(Ext4IncompatFeatures features)
    {
        var first = (Ext4IncompatFeatures)LowestBit((uint)features);
        var (name, advice) = IncompatNames.TryGetValue(first, out var known) ? known : ($"incompat 0x{(uint)first:X}", "it is unknown to this version");
        return new UnsupportedFormatException(name, $"the file system has the feature {name}, which cannot be handled: {advice}");
    }

    private static UnsupportedFormatException Refusal(Ext4RoCompatFeatures features)
    {
        var first = (Ext4RoCompatFeatures)LowestBit((uint)features);
        var (name, advice) = RoCompatNames.TryGetValue(first, out var known) ? known : ($"ro_compat 0x{(uint)first:X}", "it is unknown to this version");
        return new UnsupportedFormatException(name, $"the file system has the feature {name}, which cannot be written: {advice}");
    }

    private static uint LowestBit(uint bits) => 1u << System.Numerics.BitOperations.TrailingZeroCount(bits);
}
