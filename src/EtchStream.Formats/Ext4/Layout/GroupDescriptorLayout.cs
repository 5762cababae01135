using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Ext4.Layout;

/// <summary>A block group descriptor in its 64-byte form (<c>struct ext4_group_desc</c>); without the 64bit feature only the first 32 bytes are on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GroupDescriptorLayout
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 64;

    /// <summary><c>bg_block_bitmap_lo</c>, at 0x0.</summary>
    public LE32 BlockBitmapLow;

    /// <summary><c>bg_inode_bitmap_lo</c>, at 0x4.</summary>
    public LE32 InodeBitmapLow;

    /// <summary><c>bg_inode_table_lo</c>, at 0x8.</summary>
    public LE32 InodeTableLow;

    /// <summary><c>bg_free_blocks_count_lo</c>, at 0xC.</summary>
    public LE16 FreeBlocksLow;

    /// <summary><c>bg_free_inodes_count_lo</c>, at 0xE.</summary>
    public LE16 FreeInodesLow;

    /// <summary><c>bg_used_dirs_count_lo</c>, at 0x10.</summary>
    public LE16 UsedDirectoriesLow;

    /// <summary><c>bg_flags</c>, at 0x12.</summary>
    public LE16 Flags;

    /// <summary><c>bg_exclude_bitmap_lo</c>, at 0x14.</summary>
    public LE32 ExcludeBitmapLow;

    /// <summary><c>bg_block_bitmap_csum_lo</c>, at 0x18.</summary>
    public LE16 BlockBitmapChecksumLow;

    /// <summary><c>bg_inode_bitmap_csum_lo</c>, at 0x1A.</summary>
    public LE16 InodeBitmapChecksumLow;

    /// <summary><c>bg_itable_unused_lo</c>, at 0x1C.</summary>
    public LE16 UnusedInodesLow;

    /// <summary><c>bg_checksum</c>, at 0x1E.</summary>
    public LE16 Checksum;

    /// <summary><c>bg_block_bitmap_hi</c>, at 0x20.</summary>
    public LE32 BlockBitmapHigh;

    /// <summary><c>bg_inode_bitmap_hi</c>, at 0x24.</summary>
    public LE32 InodeBitmapHigh;

    /// <summary><c>bg_inode_table_hi</c>, at 0x28.</summary>
    public LE32 InodeTableHigh;

    /// <summary><c>bg_free_blocks_count_hi</c>, at 0x2C.</summary>
    public LE16 FreeBlocksHigh;

    /// <summary><c>bg_free_inodes_count_hi</c>, at 0x2E.</summary>
    public LE16 FreeInodesHigh;

    /// <summary><c>bg_used_dirs_count_hi</c>, at 0x30.</summary>
    public LE16 UsedDirectoriesHigh;

    /// <summary><c>bg_itable_unused_hi</c>, at 0x32.</summary>
    public LE16 UnusedInodesHigh;

    /// <summary><c>bg_exclude_bitmap_hi</c>, at 0x34.</summary>
    public LE32 ExcludeBitmapHigh;

    /// <summary><c>bg_block_bitmap_csum_hi</c>, at 0x38.</summary>
    public LE16 BlockBitmapChecksumHigh;

    /// <summary><c>bg_inode_bitmap_csum_hi</c>, at 0x3A.</summary>
    public LE16 InodeBitmapChecksumHigh;

    /// <summary><c>bg_reserved</c>, at 0x3C.</summary>
    public LE32 Reserved;
}
