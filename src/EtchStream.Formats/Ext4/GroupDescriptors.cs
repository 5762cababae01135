using System.Runtime.InteropServices;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>All block group descriptors, checked when they are read and written back where they lie.</summary>
internal sealed class GroupDescriptors
{
    private readonly Ext4Superblock _superblock;
    private readonly Ext4Checksums _checksums;
    private byte[] _bytes;
    private readonly int _size;

    /// <summary>Start blocks of all bitmaps and inode tables, sorted, with their lengths: what no file may ever own.</summary>
    private (long Start, long Length)[] _metadata;

    private GroupDescriptors(Ext4Superblock superblock, Ext4Checksums checksums, byte[] bytes)
    {
        _superblock = superblock;
        _checksums = checksums;
        _bytes = bytes;
        _size = superblock.DescriptorSize;
        InodeTableBlocks = (int)(((long)superblock.InodesPerGroup * superblock.InodeSize + superblock.BlockSize - 1) / superblock.BlockSize);
        for (var group = 0; group < superblock.GroupCount; group++) Check(group);
        _metadata = CollectMetadata();
    }

    /// <summary>Blocks of one group's inode table.</summary>
    public int InodeTableBlocks { get; }

    public int Count => _superblock.GroupCount;

    /// <summary>Blocks of descriptors behind the superblock; under meta_bg those of the groups that are described there.</summary>
    public long TableBlocks
    {
        get
        {
            var perBlock = _superblock.BlockSize / _size;
            return Growth.GrowthLimits.IsMeta(_superblock) ? (uint)_superblock.Raw.FirstMetaBlockGroup : (_superblock.GroupCount + perBlock - 1) / perBlock;
        }
    }

    public static GroupDescriptors Read(IRandomReader partition, Ext4Superblock superblock, Ext4Checksums checksums)
    {
        var perBlock = superblock.BlockSize / superblock.DescriptorSize;
        var blocks = (superblock.GroupCount + perBlock - 1) / perBlock;
        var bytes = new byte[(long)blocks * superblock.BlockSize];
        for (var i = 0; i < blocks; i++)
        {
            partition.Read(BlockOf(superblock, i) * superblock.BlockSize, bytes.AsSpan(i * superblock.BlockSize, superblock.BlockSize));
        }

        return new GroupDescriptors(superblock, checksums, bytes);
    }

    public void Write(IBlockWriter partition)
    {
        for (var group = 0; group < Count; group++)
        {
            if (_superblock.HasGroupChecksum) Raw(group).Checksum = _checksums.Descriptor(group, Bytes(group));
        }

        for (var i = 0; i * _superblock.BlockSize < _bytes.Length; i++)
        {
            partition.Write(BlockOf(_superblock, i) * _superblock.BlockSize, _bytes.AsSpan(i * _superblock.BlockSize, _superblock.BlockSize));
        }
    }

    /// <summary>Makes room for the descriptors of new groups, all of which are zero then.</summary>
    /// <param name="first">The first new group.</param>
    public void Extend(int first)
    {
        var perBlock = _superblock.BlockSize / _size;
        var blocks = (_superblock.GroupCount + perBlock - 1) / perBlock;
        var bytes = new byte[(long)blocks * _superblock.BlockSize];
        _bytes.AsSpan(0, first * _size).CopyTo(bytes);
        _bytes = bytes;
    }

    /// <summary>Takes up where the bitmaps and tables of new groups are.</summary>
    /// <param name="first">The first new group.</param>
    public void CollectAgain(int first)
    {
        for (var group = first; group < Count; group++)
        {
            EnsureInside(group, "block bitmap", BlockBitmap(group), 1);
            EnsureInside(group, "inode table", InodeTable(group), InodeTableBlocks);
        }

        _metadata = CollectMetadata();
    }

    /// <summary>Writes the copies of the descriptors in the groups that have them.</summary>
    public void WriteCopies(IBlockWriter partition)
    {
        var perBlock = _superblock.BlockSize / _size;
        for (var index = 0; index * _superblock.BlockSize < _bytes.Length; index++)
        {
            var bytes = _bytes.AsSpan(index * _superblock.BlockSize, _superblock.BlockSize);
            if (Growth.GrowthLimits.IsMeta(_superblock) && index >= _superblock.Raw.FirstMetaBlockGroup)
            {
                // In the second and the last group of those that the block describes.
                foreach (var place in (long[])[1, perBlock - 1])
                {
                    var group = ((long)index * perBlock) + place;
                    if (place > 0 && group < Count) partition.Write((_superblock.GroupFirstBlock(group) + (_superblock.GroupHasSuperblock(group) ? 1 : 0)) * _superblock.BlockSize, bytes);
                }

                continue;
            }

            // Groups that are described where they lie have no copy of what is described elsewhere.
            var end = Growth.GrowthLimits.IsMeta(_superblock) ? Math.Min(Count, _superblock.Raw.FirstMetaBlockGroup * (long)perBlock) : Count;
            for (var group = 1; group < end; group++)
            {
                if (_superblock.GroupHasSuperblock(group)) partition.Write((_superblock.GroupFirstBlock(group) + 1 + index) * _superblock.BlockSize, bytes);
            }
        }
    }

    public long BlockBitmap(int group) => Join(Raw(group).BlockBitmapLow, High(group, 0x20));

    public long InodeBitmap(int group) => Join(Raw(group).InodeBitmapLow, High(group, 0x24));

    public long InodeTable(int group) => Join(Raw(group).InodeTableLow, High(group, 0x28));

    public void SetBlockBitmap(int group, long block) => SetPlace(ref Raw(group).BlockBitmapLow, group, 0x20, block);

    public void SetInodeBitmap(int group, long block) => SetPlace(ref Raw(group).InodeBitmapLow, group, 0x24, block);

    public void SetInodeTable(int group, long block) => SetPlace(ref Raw(group).InodeTableLow, group, 0x28, block);

    public void SetFlag(int group, ushort flag)
    {
        if (_superblock.HasGroupChecksum) Raw(group).Flags = (ushort)(Raw(group).Flags | flag);
    }

    public int FreeBlocks(int group) => Raw(group).FreeBlocksLow | High16(group, 0x2C) << 16;

    public int FreeInodes(int group) => Raw(group).FreeInodesLow | High16(group, 0x2E) << 16;

    public int UsedDirectories(int group) => Raw(group).UsedDirectoriesLow | High16(group, 0x30) << 16;

    /// <summary>Inodes at the end of the group's table that were never used: what lies there on disk has no meaning.</summary>
    public int UnusedInodes(int group)
    {
        if (!_superblock.HasGroupChecksum) return 0;
        if (HasFlag(group, K.GroupInodeUninit)) return _superblock.InodesPerGroup;
        return Raw(group).UnusedInodesLow | High16(group, 0x32) << 16;
    }

    public bool HasFlag(int group, ushort flag) => _superblock.HasGroupChecksum && (Raw(group).Flags & flag) != 0;

    public void ClearFlag(int group, ushort flag) => Raw(group).Flags = (ushort)(Raw(group).Flags & ~flag);

    public void SetFreeBlocks(int group, int value) => Set(group, ref Raw(group).FreeBlocksLow, 0x2C, value);

    public void SetFreeInodes(int group, int value) => Set(group, ref Raw(group).FreeInodesLow, 0x2E, value);

    public void SetUsedDirectories(int group, int value) => Set(group, ref Raw(group).UsedDirectoriesLow, 0x30, value);

    public void SetUnusedInodes(int group, int value)
    {
        if (_superblock.HasGroupChecksum) Set(group, ref Raw(group).UnusedInodesLow, 0x32, value);
    }

    public uint BlockBitmapChecksum(int group) => Raw(group).BlockBitmapChecksumLow | (uint)High16(group, 0x38) << 16;

    public uint InodeBitmapChecksum(int group) => Raw(group).InodeBitmapChecksumLow | (uint)High16(group, 0x3A) << 16;

    /// <summary>The part of a bitmap checksum that the descriptor has room for.</summary>
    public uint StoredPart(uint checksum) => _size >= 64 ? checksum : checksum & 0xFFFF;

    public void SetBlockBitmapChecksum(int group, uint value)
    {
        Raw(group).BlockBitmapChecksumLow = (ushort)(value & 0xFFFF);
        if (_size >= 64) MemoryMarshal.Write(Bytes(group)[0x38..], (Endian.LE16)(ushort)(value >> 16));
    }

    public void SetInodeBitmapChecksum(int group, uint value)
    {
        Raw(group).InodeBitmapChecksumLow = (ushort)(value & 0xFFFF);
        if (_size >= 64) MemoryMarshal.Write(Bytes(group)[0x3A..], (Endian.LE16)(ushort)(value >> 16));
    }

    /// <summary>Calls <paramref name="mark"/> for every stretch of a group that holds bitmaps, inode tables or copies of superblock and descriptors.</summary>
    public void ForEachMetadataRun(int group, Action<int, int> mark)
    {
        var first = _superblock.GroupFirstBlock(group);
        var end = first + _superblock.BlocksInGroup(group);
        var baseBlocks = BaseMetadataBlocks(group);
        if (baseBlocks > 0) mark(0, (int)Math.Min(baseBlocks, end - first));
        var at = Array.BinarySearch(_metadata, (first, 0L));
        if (at < 0) at = ~at;
        if (at > 0) at--;
        for (; at < _metadata.Length && _metadata[at].Start < end; at++)
        {
            var from = Math.Max(first, _metadata[at].Start);
            var to = Math.Min(end, _metadata[at].Start + _metadata[at].Length);
            if (from < to) mark((int)(from - first), (int)(to - from));
        }
    }

    /// <summary>Where block <paramref name="index"/> of the descriptor table lies: behind the superblock, or spread under meta_bg.</summary>
    private static long BlockOf(Ext4Superblock superblock, int index)
    {
        var meta = (superblock.Incompat & Ext4IncompatFeatures.MetaBlockGroups) != 0;
        if (!meta || index < superblock.Raw.FirstMetaBlockGroup) return K.SuperblockOffset / superblock.BlockSize + 1 + index;
        long group = (long)index * (superblock.BlockSize / superblock.DescriptorSize);
        return superblock.GroupFirstBlock(group) + (superblock.GroupHasSuperblock(group) ? 1 : 0);
    }

    /// <summary>Blocks at the start of a group for the superblock's copy, descriptors and their reserve.</summary>
    public long BaseMetadataBlocks(int group)
    {
        var perBlock = _superblock.BlockSize / _size;
        long count = _superblock.GroupHasSuperblock(group) ? 1 : 0;
        var meta = (_superblock.Incompat & Ext4IncompatFeatures.MetaBlockGroups) != 0;
        if (!meta || group / perBlock < _superblock.Raw.FirstMetaBlockGroup)
        {
            if (count == 0) return 0;
            var table = meta ? (long)(uint)_superblock.Raw.FirstMetaBlockGroup : (_superblock.GroupCount + perBlock - 1) / perBlock;
            return count + table + _superblock.Raw.ReservedGdtBlocks;
        }

        // Under meta_bg a descriptor block lies in the first, second and last group of those it describes.
        var place = group % perBlock;
        return place == 0 || place == 1 || place == perBlock - 1 ? count + 1 : count;
    }

    private (long Start, long Length)[] CollectMetadata()
    {
        var runs = new (long Start, long Length)[3 * Count];
        for (var group = 0; group < Count; group++)
        {
            runs[3 * group] = (BlockBitmap(group), 1);
            runs[3 * group + 1] = (InodeBitmap(group), 1);
            runs[3 * group + 2] = (InodeTable(group), InodeTableBlocks);
        }

        Array.Sort(runs);
        for (var i = 1; i < runs.Length; i++)
        {
            // Two structures in one place would each be overwritten by the other's update.
            if (runs[i - 1].Start + runs[i - 1].Length > runs[i].Start)
            {
                throw new CorruptFormatException("ext4 group descriptors", runs[i].Start * _superblock.BlockSize, $"bitmaps or inode tables overlap at block {runs[i].Start}");
            }
        }

        return runs;
    }

    private void Check(int group)
    {
        if (_superblock.HasGroupChecksum && _checksums.Descriptor(group, Bytes(group)) != Raw(group).Checksum)
        {
            throw Corrupt(group, "its checksum is wrong");
        }

        EnsureInside(group, "block bitmap", BlockBitmap(group), 1);
        EnsureInside(group, "inode bitmap", InodeBitmap(group), 1);
        EnsureInside(group, "inode table", InodeTable(group), InodeTableBlocks);
        if (IsOutside(FreeBlocks(group), _superblock.BlocksInGroup(group))) throw Corrupt(group, $"it counts {FreeBlocks(group)} free blocks of {_superblock.BlocksInGroup(group)}");
        if (IsOutside(FreeInodes(group), _superblock.InodesPerGroup)) throw Corrupt(group, $"it counts {FreeInodes(group)} free inodes of {_superblock.InodesPerGroup}");
        if (IsOutside(UsedDirectories(group), _superblock.InodesPerGroup)) throw Corrupt(group, $"it counts {UsedDirectories(group)} directories among {_superblock.InodesPerGroup} inodes");
        if (IsOutside(UnusedInodes(group), _superblock.InodesPerGroup)) throw Corrupt(group, $"it counts {UnusedInodes(group)} unused inodes of {_superblock.InodesPerGroup}");
    }

    /// <summary>Also true for a count whose high half makes the number negative.</summary>
    private static bool IsOutside(int count, int limit) => count < 0 || count > limit;

    private void EnsureInside(int group, string what, long block, long count)
    {
        if (block <= _superblock.FirstDataBlock || block > _superblock.BlockCount - count)
        {
            throw Corrupt(group, $"its {what} at block {block} lies outside the file system of {_superblock.BlockCount} blocks");
        }
    }

    private CorruptFormatException Corrupt(int group, string problem) =>
        new($"ext4 group descriptor {group}", BlockOf(_superblock, group / (_superblock.BlockSize / _size)) * _superblock.BlockSize, problem);

    private Span<byte> Bytes(int group) => _bytes.AsSpan(group * _size, _size);

    /// <summary>The first 32 bytes, present in every form. Fields behind them are reached by <see cref="High"/> only.</summary>
    private ref GroupDescriptorLayout Raw(int group) =>
        ref System.Runtime.CompilerServices.Unsafe.As<byte, GroupDescriptorLayout>(ref _bytes[group * _size]);

    private uint High(int group, int offset) => _size >= 64 ? (uint)MemoryMarshal.Read<Endian.LE32>(Bytes(group)[offset..]) : 0;

    private int High16(int group, int offset) => _size >= 64 ? (ushort)MemoryMarshal.Read<Endian.LE16>(Bytes(group)[offset..]) : 0;

    private void Set(int group, ref Endian.LE16 low, int highOffset, int value)
    {
        low = (ushort)(value & 0xFFFF);
        if (_size >= 64) MemoryMarshal.Write(Bytes(group)[highOffset..], (Endian.LE16)(ushort)(value >> 16));
    }

    private void SetPlace(ref Endian.LE32 low, int group, int highOffset, long block)
    {
        low = (uint)(block & 0xFFFFFFFF);
        if (_size >= 64) MemoryMarshal.Write(Bytes(group)[highOffset..], (Endian.LE32)(uint)(block >> 32));
    }

    private static long Join(uint low, uint high) => low | ((long)high << 32);
}
