using System.Runtime.InteropServices;

namespace EtchStream.Sources.Linux;

/// <summary><c>struct statx</c>: part of the kernel's interface and the same on every architecture (statx(2)); the fields that are used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    /// <summary>stx_nlink.</summary>
    [FieldOffset(16)]
    public uint LinkCount;

    /// <summary>stx_uid.</summary>
    [FieldOffset(20)]
    public uint UserId;

    /// <summary>stx_gid.</summary>
    [FieldOffset(24)]
    public uint GroupId;

    /// <summary>stx_mode: kind and permissions.</summary>
    [FieldOffset(28)]
    public ushort Mode;

    /// <summary>stx_ino.</summary>
    [FieldOffset(32)]
    public ulong Inode;

    /// <summary>stx_size.</summary>
    [FieldOffset(40)]
    public ulong Size;

    /// <summary>stx_blocks, in units of 512 bytes.</summary>
    [FieldOffset(48)]
    public ulong Blocks;

    /// <summary>stx_mtime.tv_sec.</summary>
    [FieldOffset(112)]
    public long ModificationSeconds;

    /// <summary>stx_mtime.tv_nsec.</summary>
    [FieldOffset(120)]
    public uint ModificationNanoseconds;

    /// <summary>stx_rdev_major.</summary>
    [FieldOffset(128)]
    public uint NodeMajor;

    /// <summary>stx_rdev_minor.</summary>
    [FieldOffset(132)]
    public uint NodeMinor;

    /// <summary>stx_dev_major.</summary>
    [FieldOffset(136)]
    public uint DeviceMajor;

    /// <summary>stx_dev_minor.</summary>
    [FieldOffset(140)]
    public uint DeviceMinor;
}
