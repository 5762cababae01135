using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Ext4.Layout;

/// <summary>An inode (<c>struct ext4_inode</c>). Only the first 128 bytes exist where inodes have 128 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct InodeLayout
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 160;

    /// <summary><c>i_mode</c>, at 0x0.</summary>
    public LE16 Mode;

    /// <summary><c>i_uid</c>, at 0x2.</summary>
    public LE16 UidLow;

    /// <summary><c>i_size_lo</c>, at 0x4.</summary>
    public LE32 SizeLow;

    /// <summary><c>i_atime</c>, at 0x8.</summary>
    public LE32 AccessTime;

    /// <summary><c>i_ctime</c>, at 0xC.</summary>
    public LE32 ChangeTime;

    /// <summary><c>i_mtime</c>, at 0x10.</summary>
    public LE32 ModificationTime;

    /// <summary><c>i_dtime</c>, at 0x14.</summary>
    public LE32 DeletionTime;

    /// <summary><c>i_gid</c>, at 0x18.</summary>
    public LE16 GidLow;

    /// <summary><c>i_links_count</c>, at 0x1A.</summary>
    public LE16 LinksCount;

    /// <summary><c>i_blocks_lo</c>, at 0x1C: 512-byte units, or blocks under EXT4_HUGE_FILE_FL.</summary>
    public LE32 BlocksLow;

    /// <summary><c>i_flags</c>, at 0x20.</summary>
    public LE32 Flags;

    /// <summary><c>osd1.linux1.l_i_version</c>, at 0x24.</summary>
    public LE32 VersionLow;

    /// <summary><c>i_block</c>, at 0x28: block map, extent root, symlink target, device number or inline data.</summary>
    public Bytes60 Block;

    /// <summary><c>i_generation</c>, at 0x64.</summary>
    public LE32 Generation;

    /// <summary><c>i_file_acl_lo</c>, at 0x68: block of the external extended attributes.</summary>
    public LE32 FileAclLow;

    /// <summary><c>i_size_high</c>, at 0x6C.</summary>
    public LE32 SizeHigh;

    /// <summary><c>i_obso_faddr</c>, at 0x70.</summary>
    public LE32 ObsoleteFragmentAddress;

    /// <summary><c>osd2.linux2.l_i_blocks_high</c>, at 0x74.</summary>
    public LE16 BlocksHigh;

    /// <summary><c>osd2.linux2.l_i_file_acl_high</c>, at 0x76.</summary>
    public LE16 FileAclHigh;

    /// <summary><c>osd2.linux2.l_i_uid_high</c>, at 0x78.</summary>
    public LE16 UidHigh;

    /// <summary><c>osd2.linux2.l_i_gid_high</c>, at 0x7A.</summary>
    public LE16 GidHigh;

    /// <summary><c>osd2.linux2.l_i_checksum_lo</c>, at 0x7C.</summary>
    public LE16 ChecksumLow;

    /// <summary><c>osd2.linux2.l_i_reserved</c>, at 0x7E.</summary>
    public LE16 Reserved;

    /// <summary><c>i_extra_isize</c>, at 0x80: bytes in use behind the first 128; the fields from here on exist only as far as it reaches.</summary>
    public LE16 ExtraSize;

    /// <summary><c>i_checksum_hi</c>, at 0x82.</summary>
    public LE16 ChecksumHigh;

    /// <summary><c>i_ctime_extra</c>, at 0x84.</summary>
    public LE32 ChangeTimeExtra;

    /// <summary><c>i_mtime_extra</c>, at 0x88.</summary>
    public LE32 ModificationTimeExtra;

    /// <summary><c>i_atime_extra</c>, at 0x8C.</summary>
    public LE32 AccessTimeExtra;

    /// <summary><c>i_crtime</c>, at 0x90.</summary>
    public LE32 CreationTime;

    /// <summary><c>i_crtime_extra</c>, at 0x94.</summary>
    public LE32 CreationTimeExtra;

    /// <summary><c>i_version_hi</c>, at 0x98.</summary>
    public LE32 VersionHigh;

    /// <summary><c>i_projid</c>, at 0x9C.</summary>
    public LE32 ProjectId;
}
