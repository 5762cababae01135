namespace EtchStream.Formats.Ext4;

/// <summary>Features that a kernel may ignore when it does not know them (<c>s_feature_compat</c>).</summary>
[Flags]
public enum Ext4CompatFeatures : uint
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>dir_prealloc.</summary>
    DirPrealloc = 0x1,

    /// <summary>has_journal.</summary>
    HasJournal = 0x4,

    /// <summary>ext_attr.</summary>
    ExtAttr = 0x8,

    /// <summary>resize_inode.</summary>
    ResizeInode = 0x10,

    /// <summary>dir_index.</summary>
    DirIndex = 0x20,

    /// <summary>sparse_super2.</summary>
    SparseSuper2 = 0x200,

    /// <summary>fast_commit.</summary>
    FastCommit = 0x400,

    /// <summary>stable_inodes.</summary>
    StableInodes = 0x800,

    /// <summary>orphan_file.</summary>
    OrphanFile = 0x1000,
}

/// <summary>Features without whose knowledge a file system must not be touched (<c>s_feature_incompat</c>).</summary>
[Flags]
public enum Ext4IncompatFeatures : uint
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>compression.</summary>
    Compression = 0x1,

    /// <summary>filetype.</summary>
    FileType = 0x2,

    /// <summary>needs_recovery: the journal holds changes that are not yet in place.</summary>
    NeedsRecovery = 0x4,

    /// <summary>journal_dev.</summary>
    JournalDevice = 0x8,

    /// <summary>meta_bg.</summary>
    MetaBlockGroups = 0x10,

    /// <summary>extent.</summary>
    Extents = 0x40,

    /// <summary>64bit.</summary>
    SixtyFourBit = 0x80,

    /// <summary>mmp.</summary>
    MultiMountProtection = 0x100,

    /// <summary>flex_bg.</summary>
    FlexibleBlockGroups = 0x200,

    /// <summary>ea_inode.</summary>
    EaInode = 0x400,

    /// <summary>dirdata.</summary>
    DirData = 0x1000,

    /// <summary>metadata_csum_seed.</summary>
    ChecksumSeed = 0x2000,

    /// <summary>large_dir.</summary>
    LargeDirectories = 0x4000,

    /// <summary>inline_data.</summary>
    InlineData = 0x8000,

    /// <summary>encrypt.</summary>
    Encrypt = 0x10000,

    /// <summary>casefold.</summary>
    CaseFold = 0x20000,
}

/// <summary>Features without whose knowledge a file system may be read but not written (<c>s_feature_ro_compat</c>).</summary>
[Flags]
public enum Ext4RoCompatFeatures : uint
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>sparse_super.</summary>
    SparseSuper = 0x1,

    /// <summary>large_file.</summary>
    LargeFile = 0x2,

    /// <summary>btree_dir.</summary>
    BtreeDirectories = 0x4,

    /// <summary>huge_file.</summary>
    HugeFile = 0x8,

    /// <summary>uninit_bg (gdt_csum).</summary>
    GroupDescriptorChecksum = 0x10,

    /// <summary>dir_nlink.</summary>
    DirectoryLinks = 0x20,

    /// <summary>extra_isize.</summary>
    ExtraInodeSize = 0x40,

    /// <summary>has_snapshot.</summary>
    Snapshot = 0x80,

    /// <summary>quota.</summary>
    Quota = 0x100,

    /// <summary>bigalloc.</summary>
    BigAllocation = 0x200,

    /// <summary>metadata_csum.</summary>
    MetadataChecksum = 0x400,

    /// <summary>replica.</summary>
    Replica = 0x800,

    /// <summary>read-only.</summary>
    ReadOnly = 0x1000,

    /// <summary>project.</summary>
    Project = 0x2000,

    /// <summary>shared_blocks.</summary>
    SharedBlocks = 0x4000,

    /// <summary>verity.</summary>
    Verity = 0x8000,

    /// <summary>orphan_present: the orphan file is in use.</summary>
    OrphanPresent = 0x10000,
}
