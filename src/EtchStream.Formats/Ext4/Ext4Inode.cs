using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>An inode: a copy of its bytes with a view on their meaning.</summary>
public sealed class Ext4Inode
{
    private readonly byte[] _bytes;

    internal Ext4Inode(uint number, ReadOnlySpan<byte> bytes)
    {
        Number = number;

        // The structure is laid over at least 160 bytes; what a short inode lacks reads as zero.
        Length = bytes.Length;
        _bytes = new byte[Math.Max(bytes.Length, InodeLayout.Size)];
        bytes.CopyTo(_bytes);
    }

    /// <summary>Inode number, from 1.</summary>
    public uint Number { get; }

    /// <summary>What it is.</summary>
    public FileKind Kind => (Raw.Mode & K.TypeMask) switch
    {
        K.TypeDirectory => FileKind.Directory,
        K.TypeSymbolicLink => FileKind.SymbolicLink,
        K.TypeCharacterDevice => FileKind.CharacterDevice,
        K.TypeBlockDevice => FileKind.BlockDevice,
        K.TypeFifo => FileKind.Fifo,
        K.TypeSocket => FileKind.Socket,
        K.TypeFile => FileKind.File,
        _ => throw new CorruptFormatException($"ext4 inode {Number}", -1, $"its mode {Raw.Mode} names no kind of file"),
    };

    /// <summary>Permission bits with setuid, setgid, sticky.</summary>
    public int Mode => Raw.Mode & 0xFFF;

    /// <summary>Numeric owner.</summary>
    public uint UserId => Raw.UidLow | (uint)Raw.UidHigh << 16;

    /// <summary>Numeric group.</summary>
    public uint GroupId => Raw.GidLow | (uint)Raw.GidHigh << 16;

    /// <summary>Number of names.</summary>
    public int LinkCount => Raw.LinksCount;

    /// <summary>Length in bytes.</summary>
    /// <exception cref="CorruptFormatException">It does not fit 63 bits.</exception>
    public long Size
    {
        get
        {
            var size = (ulong)(uint)Raw.SizeLow | ((ulong)(uint)Raw.SizeHigh << 32);
            return size <= long.MaxValue ? (long)size : throw new CorruptFormatException($"ext4 inode {Number}", -1, $"a size of {size} bytes cannot be");
        }
    }

    /// <summary>Time of last modification, with nanoseconds where the inode is large enough.</summary>
    public UnixTime ModificationTime => Ext4Time.Decode(Raw.ModificationTime, HasExtra(0x8C) ? Raw.ModificationTimeExtra : 0u);

    /// <summary>Device number of a device node.</summary>
    public (uint Major, uint Minor) Device
    {
        get
        {
            var words = MemoryMarshal.Cast<byte, LE32>((Span<byte>)Raw.Block);
            return DeviceNumber.Decode(words[0], words[1]);
        }
    }

    internal uint Flags => Raw.Flags;

    internal bool HasInlineData => (Flags & K.InlineDataFlag) != 0;

    internal bool UsesExtents => (Flags & K.ExtentsFlag) != 0;

    internal long XattrBlock => (uint)Raw.FileAclLow | (long)Raw.FileAclHigh << 32;

    internal uint Generation => Raw.Generation;

    /// <summary>Bytes on disk: 128 or more.</summary>
    internal int Length { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    internal Span<byte> WritableBytes => _bytes.AsSpan(0, Length);

    internal Span<byte> Block => Raw.Block;

    internal ref InodeLayout Raw => ref Unsafe.As<byte, InodeLayout>(ref _bytes[0]);

    /// <summary>Length in 512-byte units or blocks; the low 32 bits and 16 more under huge_file.</summary>
    internal long BlocksField => (uint)Raw.BlocksLow | (long)Raw.BlocksHigh << 32;

    /// <summary>Where the extended attributes inside the inode begin, 0 when there is no room for any.</summary>
    internal int XattrStart
    {
        get
        {
            if (Length == 128) return 0;
            int extra = Raw.ExtraSize;
            if (extra % 4 != 0 || 128 + extra > Length) throw new CorruptFormatException($"ext4 inode {Number}", -1, $"an extra size of {extra} bytes does not fit an inode of {Length}");
            return 128 + extra + 4 <= Length && extra > 0 ? 128 + extra : 0;
        }
    }

    private bool HasExtra(int endOfField) => Length > 128 && 128 + Raw.ExtraSize >= endOfField;
}
