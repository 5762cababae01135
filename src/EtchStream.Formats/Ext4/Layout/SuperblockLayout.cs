using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Ext4.Layout;

/// <summary>The superblock, 1024 bytes at byte 1024 of the file system (<c>struct ext4_super_block</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SuperblockLayout
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 1024;

    /// <summary><c>s_inodes_count</c>, at 0x0.</summary>
    public LE32 InodesCount;

    /// <summary><c>s_blocks_count_lo</c>, at 0x4.</summary>
    public LE32 BlocksCountLow;

    /// <summary><c>s_r_blocks_count_lo</c>, at 0x8.</summary>
    public LE32 ReservedBlocksCountLow;

    /// <summary><c>s_free_blocks_count_lo</c>, at 0xC.</summary>
    public LE32 FreeBlocksCountLow;

    /// <summary><c>s_free_inodes_count</c>, at 0x10.</summary>
    public LE32 FreeInodesCount;

    /// <summary><c>s_first_data_block</c>, at 0x14: 0, or 1 with 1 KiB blocks.</summary>
    public LE32 FirstDataBlock;

    /// <summary><c>s_log_block_size</c>, at 0x18: block size is 1024 shifted left by it.</summary>
    public LE32 LogBlockSize;

    /// <summary><c>s_log_cluster_size</c>, at 0x1C.</summary>
    public LE32 LogClusterSize;

    /// <summary><c>s_blocks_per_group</c>, at 0x20.</summary>
    public LE32 BlocksPerGroup;

    /// <summary><c>s_clusters_per_group</c>, at 0x24.</summary>
    public LE32 ClustersPerGroup;

    /// <summary><c>s_inodes_per_group</c>, at 0x28.</summary>
    public LE32 InodesPerGroup;

    /// <summary><c>s_mtime</c>, at 0x2C.</summary>
    public LE32 MountTime;

    /// <summary><c>s_wtime</c>, at 0x30.</summary>
    public LE32 WriteTime;

    /// <summary><c>s_mnt_count</c>, at 0x34.</summary>
    public LE16 MountCount;

    /// <summary><c>s_max_mnt_count</c>, at 0x36.</summary>
    public LE16 MaxMountCount;

    /// <summary><c>s_magic</c>, at 0x38: 0xEF53.</summary>
    public LE16 Magic;

    /// <summary><c>s_state</c>, at 0x3A: 1 = cleanly unmounted, 2 = errors, 4 = orphans.</summary>
    public LE16 State;

    /// <summary><c>s_errors</c>, at 0x3C.</summary>
    public LE16 Errors;

    /// <summary><c>s_minor_rev_level</c>, at 0x3E.</summary>
    public LE16 MinorRevision;

    /// <summary><c>s_lastcheck</c>, at 0x40.</summary>
    public LE32 LastCheck;

    /// <summary><c>s_checkinterval</c>, at 0x44.</summary>
    public LE32 CheckInterval;

    /// <summary><c>s_creator_os</c>, at 0x48.</summary>
    public LE32 CreatorOs;

    /// <summary><c>s_rev_level</c>, at 0x4C.</summary>
    public LE32 Revision;

    /// <summary><c>s_def_resuid</c>, at 0x50.</summary>
    public LE16 DefaultReservedUid;

    /// <summary><c>s_def_resgid</c>, at 0x52.</summary>
    public LE16 DefaultReservedGid;

    /// <summary><c>s_first_ino</c>, at 0x54: first inode that is not reserved.</summary>
    public LE32 FirstInode;

    /// <summary><c>s_inode_size</c>, at 0x58.</summary>
    public LE16 InodeSize;

    /// <summary><c>s_block_group_nr</c>, at 0x5A.</summary>
    public LE16 BlockGroupNumber;

    /// <summary><c>s_feature_compat</c>, at 0x5C.</summary>
    public LE32 FeatureCompat;

    /// <summary><c>s_feature_incompat</c>, at 0x60.</summary>
    public LE32 FeatureIncompat;

    /// <summary><c>s_feature_ro_compat</c>, at 0x64.</summary>
    public LE32 FeatureRoCompat;

    /// <summary><c>s_uuid</c>, at 0x68.</summary>
    public Bytes16 Uuid;

    /// <summary><c>s_volume_name</c>, at 0x78.</summary>
    public Bytes16 VolumeName;

    /// <summary><c>s_last_mounted</c>, at 0x88.</summary>
    public Bytes64 LastMounted;

    /// <summary><c>s_algorithm_usage_bitmap</c>, at 0xC8.</summary>
    public LE32 AlgorithmBitmap;

    /// <summary><c>s_prealloc_blocks</c>, at 0xCC.</summary>
    public byte PreallocBlocks;

    /// <summary><c>s_prealloc_dir_blocks</c>, at 0xCD.</summary>
    public byte PreallocDirBlocks;

    /// <summary><c>s_reserved_gdt_blocks</c>, at 0xCE.</summary>
    public LE16 ReservedGdtBlocks;

    /// <summary><c>s_journal_uuid</c>, at 0xD0.</summary>
    public Bytes16 JournalUuid;

    /// <summary><c>s_journal_inum</c>, at 0xE0.</summary>
    public LE32 JournalInode;

    /// <summary><c>s_journal_dev</c>, at 0xE4.</summary>
    public LE32 JournalDevice;

    /// <summary><c>s_last_orphan</c>, at 0xE8: head of the list of inodes to delete.</summary>
    public LE32 LastOrphan;

    /// <summary><c>s_hash_seed</c>, at 0xEC.</summary>
    public Words4 HashSeed;

    /// <summary><c>s_def_hash_version</c>, at 0xFC.</summary>
    public byte DefaultHashVersion;

    /// <summary><c>s_jnl_backup_type</c>, at 0xFD.</summary>
    public byte JournalBackupType;

    /// <summary><c>s_desc_size</c>, at 0xFE.</summary>
    public LE16 DescriptorSize;

    /// <summary><c>s_default_mount_opts</c>, at 0x100.</summary>
    public LE32 DefaultMountOptions;

    /// <summary><c>s_first_meta_bg</c>, at 0x104.</summary>
    public LE32 FirstMetaBlockGroup;

    /// <summary><c>s_mkfs_time</c>, at 0x108.</summary>
    public LE32 MkfsTime;

    /// <summary><c>s_jnl_blocks</c>, at 0x10C.</summary>
    public Words17 JournalBlocks;

    /// <summary><c>s_blocks_count_hi</c>, at 0x150.</summary>
    public LE32 BlocksCountHigh;

    /// <summary><c>s_r_blocks_count_hi</c>, at 0x154.</summary>
    public LE32 ReservedBlocksCountHigh;

    /// <summary><c>s_free_blocks_count_hi</c>, at 0x158.</summary>
    public LE32 FreeBlocksCountHigh;

    /// <summary><c>s_min_extra_isize</c>, at 0x15C.</summary>
    public LE16 MinExtraInodeSize;

    /// <summary><c>s_want_extra_isize</c>, at 0x15E.</summary>
    public LE16 WantExtraInodeSize;

    /// <summary><c>s_flags</c>, at 0x160: 1 = signed directory hash, 2 = unsigned.</summary>
    public LE32 Flags;

    /// <summary><c>s_raid_stride</c>, at 0x164.</summary>
    public LE16 RaidStride;

    /// <summary><c>s_mmp_interval</c>, at 0x166.</summary>
    public LE16 MmpInterval;

    /// <summary><c>s_mmp_block</c>, at 0x168.</summary>
    public LE64 MmpBlock;

    /// <summary><c>s_raid_stripe_width</c>, at 0x170.</summary>
    public LE32 RaidStripeWidth;

    /// <summary><c>s_log_groups_per_flex</c>, at 0x174.</summary>
    public byte LogGroupsPerFlex;

    /// <summary><c>s_checksum_type</c>, at 0x175: 1 = crc32c.</summary>
    public byte ChecksumType;

    /// <summary><c>s_reserved_pad</c>, at 0x176.</summary>
    public LE16 Reserved176;

    /// <summary><c>s_kbytes_written</c>, at 0x178.</summary>
    public LE64 KilobytesWritten;

    /// <summary><c>s_snapshot_inum</c>, at 0x180.</summary>
    public LE32 SnapshotInode;

    /// <summary><c>s_snapshot_id</c>, at 0x184.</summary>
    public LE32 SnapshotId;

    /// <summary><c>s_snapshot_r_blocks_count</c>, at 0x188.</summary>
    public LE64 SnapshotReservedBlocks;

    /// <summary><c>s_snapshot_list</c>, at 0x190.</summary>
    public LE32 SnapshotList;

    /// <summary><c>s_error_count</c>, at 0x194.</summary>
    public LE32 ErrorCount;

    /// <summary><c>s_first_error_time</c>, at 0x198.</summary>
    public LE32 FirstErrorTime;

    /// <summary><c>s_first_error_ino</c>, at 0x19C.</summary>
    public LE32 FirstErrorInode;

    /// <summary><c>s_first_error_block</c>, at 0x1A0.</summary>
    public LE64 FirstErrorBlock;

    /// <summary><c>s_first_error_func</c>, at 0x1A8.</summary>
    public Bytes32 FirstErrorFunction;

    /// <summary><c>s_first_error_line</c>, at 0x1C8.</summary>
    public LE32 FirstErrorLine;

    /// <summary><c>s_last_error_time</c>, at 0x1CC.</summary>
    public LE32 LastErrorTime;

    /// <summary><c>s_last_error_ino</c>, at 0x1D0.</summary>
    public LE32 LastErrorInode;

    /// <summary><c>s_last_error_line</c>, at 0x1D4.</summary>
    public LE32 LastErrorLine;

    /// <summary><c>s_last_error_block</c>, at 0x1D8.</summary>
    public LE64 LastErrorBlock;

    /// <summary><c>s_last_error_func</c>, at 0x1E0.</summary>
    public Bytes32 LastErrorFunction;

    /// <summary><c>s_mount_opts</c>, at 0x200.</summary>
    public Bytes64 MountOptions;

    /// <summary><c>s_usr_quota_inum</c>, at 0x240.</summary>
    public LE32 UserQuotaInode;

    /// <summary><c>s_grp_quota_inum</c>, at 0x244.</summary>
    public LE32 GroupQuotaInode;

    /// <summary><c>s_overhead_blocks</c>, at 0x248.</summary>
    public LE32 OverheadBlocks;

    /// <summary><c>s_backup_bgs</c>, at 0x24C: the two groups with backups under sparse_super2.</summary>
    public Words2 BackupGroups;

    /// <summary><c>s_encrypt_algos</c>, at 0x254.</summary>
    public Bytes4 EncryptAlgorithms;

    /// <summary><c>s_encrypt_pw_salt</c>, at 0x258.</summary>
    public Bytes16 EncryptPasswordSalt;

    /// <summary><c>s_lpf_ino</c>, at 0x268.</summary>
    public LE32 LostAndFoundInode;

    /// <summary><c>s_prj_quota_inum</c>, at 0x26C.</summary>
    public LE32 ProjectQuotaInode;

    /// <summary><c>s_checksum_seed</c>, at 0x270: seed under metadata_csum_seed.</summary>
    public LE32 ChecksumSeed;

    /// <summary><c>s_wtime_hi … s_last_error_errcode</c>, at 0x274.</summary>
    public Bytes8 TimeHighBytes;

    /// <summary><c>s_encoding</c>, at 0x27C.</summary>
    public LE16 Encoding;

    /// <summary><c>s_encoding_flags</c>, at 0x27E.</summary>
    public LE16 EncodingFlags;

    /// <summary><c>s_orphan_file_inum</c>, at 0x280.</summary>
    public LE32 OrphanFileInode;

    /// <summary><c>s_reserved</c>, at 0x284.</summary>
    public Bytes376 Reserved;

    /// <summary><c>s_checksum</c>, at 0x3FC.</summary>
    public LE32 Checksum;
}
