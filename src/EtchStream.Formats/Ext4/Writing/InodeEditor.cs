using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Puts attributes into the bytes of an inode, as exactly as its size allows.</summary>
internal sealed class InodeEditor(Ext4Superblock superblock)
{
    private const int FullExtraSize = 32;

    /// <summary>End of the last of the fields with which a large inode makes its times longer.</summary>
    private const int LastTime = 0x90;
    private readonly int _extraSize = ExtraSize(superblock);

    /// <summary>How many times were cut to what the inodes can hold.</summary>
    public long ClampedTimes { get; private set; }

    /// <summary>How many times lost their nanoseconds because inodes have 128 bytes.</summary>
    public long RoundedTimes { get; private set; }

    /// <summary>Bytes inside a new inode for extended attributes.</summary>
    public int XattrRoom => superblock.InodeSize == 128 ? 0 : superblock.InodeSize - 128 - _extraSize;

    /// <summary>Makes a new inode: everything zero but what is given.</summary>
    /// <param name="type">Type bits of the mode, e.g. 0x8000 for a regular file.</param>
    public void Initialise(Span<byte> inode, uint number, int type, UnixAttributes attributes)
    {
        inode.Clear();
        ref var raw = ref InodeTable.Layout(inode);
        raw.LinksCount = 1;

        // Only NFS looks at it; it has to differ from inode to inode and be the same in every run.
        raw.Generation = unchecked(number * 2654435761u) ^ (uint)MemoryMarshal.Read<LE32>(superblock.Uuid);
        if (inode.Length > 128) raw.ExtraSize = (ushort)_extraSize;
        SetAttributes(inode, type, attributes);
        if (HasField(inode, 0x98))
        {
            raw.CreationTime = raw.ModificationTime;
            raw.CreationTimeExtra = raw.ModificationTimeExtra;
        }
    }

    /// <summary>Sets mode, owner and times of an inode, new or existing.</summary>
    public void SetAttributes(Span<byte> inode, int type, UnixAttributes attributes)
    {
        ref var raw = ref InodeTable.Layout(inode);
        raw.Mode = (ushort)(type | (attributes.Mode & 0xFFF));
        SetOwner(inode, attributes);
        var wide = HasField(inode, LastTime);
        var (seconds, extra) = Ext4Time.Encode(Fit(attributes.ModificationTime, inode));
        raw.ModificationTime = seconds;
        raw.AccessTime = seconds;
        raw.ChangeTime = seconds;
        if (!wide) return;
        raw.ModificationTimeExtra = extra;
        raw.AccessTimeExtra = extra;
        raw.ChangeTimeExtra = extra;
    }

    public static void SetOwner(Span<byte> inode, UnixAttributes attributes)
    {
        ref var raw = ref InodeTable.Layout(inode);
        raw.UidLow = (ushort)(attributes.UserId & 0xFFFF);
        raw.UidHigh = (ushort)(attributes.UserId >> 16);
        raw.GidLow = (ushort)(attributes.GroupId & 0xFFFF);
        raw.GidHigh = (ushort)(attributes.GroupId >> 16);
    }

    /// <summary>What an inode keeps of a time: without room for more, whole seconds in a shorter range.</summary>
    public static UnixTime Nearest(UnixTime time, ReadOnlySpan<byte> inode)
    {
        var wide = HasField(inode, LastTime);
        var latest = wide ? Ext4Time.Maximum34 : Ext4Time.Maximum32;
        if (time.Seconds < Ext4Time.Minimum || time.Seconds > latest) return new UnixTime(Math.Clamp(time.Seconds, Ext4Time.Minimum, latest));
        return wide ? time : new UnixTime(time.Seconds);
    }

    public static void SetSize(Span<byte> inode, long size)
    {
        ref var raw = ref InodeTable.Layout(inode);
        raw.SizeLow = (uint)(size & 0xFFFFFFFF);
        raw.SizeHigh = (uint)(size >> 32);
    }

    /// <summary>Sets the count of blocks that the inode owns, its map and attribute block included.</summary>
    /// <exception cref="CorruptFormatException">The count, which comes in part from the inode as it was, cannot be.</exception>
    /// <exception cref="UnsupportedFormatException">The count needs the huge_file feature, which the file system lacks.</exception>
    public void SetBlockCount(Span<byte> inode, long blocks)
    {
        ref var raw = ref InodeTable.Layout(inode);
        if (blocks < 0 || blocks > superblock.BlockCount) throw new CorruptFormatException("ext4 inode", -1, $"it would own {blocks} blocks of {superblock.BlockCount}: run e2fsck -f");
        var units = blocks * (superblock.BlockSize / 512);
        var flags = (uint)raw.Flags & ~Ext4Constants.HugeFileFlag;
        if (units > uint.MaxValue)
        {
            if ((superblock.RoCompat & Ext4RoCompatFeatures.HugeFile) == 0) throw new UnsupportedFormatException("huge_file", "a file with more than 2 TiB of data needs the feature huge_file");
            if (units > 0xFFFFFFFFFFFF)
            {
                flags |= Ext4Constants.HugeFileFlag;
                units = blocks;
            }
        }

        raw.Flags = flags;
        raw.BlocksLow = (uint)(units & 0xFFFFFFFF);
        raw.BlocksHigh = (ushort)(units >> 32);
    }

    public static void SetXattrBlock(Span<byte> inode, long block)
    {
        ref var raw = ref InodeTable.Layout(inode);
        raw.FileAclLow = (uint)(block & 0xFFFFFFFF);
        raw.FileAclHigh = (ushort)(block >> 32);
    }

    /// <summary>Whether a field that ends at <paramref name="end"/> exists in this inode.</summary>
    public static bool HasField(ReadOnlySpan<byte> inode, int end) =>
        inode.Length > 128 && 128 + MemoryMarshal.Read<LE16>(inode[0x80..]) >= end;

    private UnixTime Fit(UnixTime time, ReadOnlySpan<byte> inode)
    {
        var nearest = Nearest(time, inode);
        if (nearest.Seconds != time.Seconds) ClampedTimes++;
        else if (nearest.Nanoseconds != time.Nanoseconds) RoundedTimes++;
        return nearest;
    }

    private static int ExtraSize(Ext4Superblock superblock)
    {
        if (superblock.InodeSize == 128) return 0;
        int wanted = Math.Max((ushort)superblock.Raw.WantExtraInodeSize, (ushort)superblock.Raw.MinExtraInodeSize);
        if (wanted == 0) wanted = FullExtraSize;
        if (wanted % 4 != 0 || wanted > superblock.InodeSize - 128) throw new CorruptFormatException("ext4 superblock", Ext4Constants.SuperblockOffset, $"extra inode bytes of {wanted} do not fit inodes of {superblock.InodeSize}");
        return wanted;
    }
}
