using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>
/// Hands out blocks in long runs, one file behind the other, from a place that only moves forward until the end of the file
/// system is reached; so files written in order lie in order on disk, and their data can be written in large pieces.
/// </summary>
internal sealed class BlockAllocator
{
    /// <summary>A run this long is good enough for a large file; shorter ones are taken only where no such run is left.</summary>
    private const int PreferredRun = 4096;

    private readonly IRandomReader _disk;
    private readonly Ext4Superblock _superblock;
    private readonly GroupDescriptors _groups;
    private readonly Ext4Checksums _checksums;
    private byte[]?[] _bitmaps;
    private bool[] _dirty;

    /// <summary>Upper bound of the longest free run of a group, so that full and fragmented groups are passed by.</summary>
    private int[] _longestRun;
    private int _group;
    private int _bit;

    public BlockAllocator(IRandomReader disk, Ext4Volume volume)
    {
        _disk = disk;
        _superblock = volume.Superblock;
        _groups = volume.Groups;
        _checksums = volume.Checksums;
        _bitmaps = new byte[]?[_groups.Count];
        _dirty = new bool[_groups.Count];
        _longestRun = new int[_groups.Count];
        for (var group = 0; group < _groups.Count; group++)
        {
            FreeCount += _groups.FreeBlocks(group);
            _longestRun[group] = _groups.FreeBlocks(group);
        }
    }

    /// <summary>Free blocks in all groups.</summary>
    public long FreeCount { get; private set; }

    /// <summary>Allocates blocks for <paramref name="count"/> logical blocks from <paramref name="logical"/> on.</summary>
    /// <exception cref="OutOfSpaceException">There are not as many; nothing was allocated.</exception>
    public void Allocate(long logical, long count, BlockMap map)
    {
        if (count > FreeCount)
        {
            var needed = count * _superblock.BlockSize;
            var available = FreeCount * _superblock.BlockSize;
            throw new OutOfSpaceException($"the file system is full: {needed} more bytes are needed for this object, {available} bytes are free", needed, available);
        }

        var atLeast = (int)Math.Min(count, PreferredRun);
        while (count > 0)
        {
            atLeast = (int)Math.Min(atLeast, count);
            if (!TryTake(atLeast, count, out var physical, out var taken))
            {
                // The free count promised more: atLeast reaches 1 only when a descriptor lies about its bitmap.
                if (atLeast == 1) throw new CorruptFormatException("ext4 block bitmaps", -1, "they hold fewer free blocks than the descriptors count");
                atLeast = Math.Max(1, atLeast / 4);
                continue;
            }

            map.Add(new BlockRun(logical, physical, taken));
            logical += taken;
            count -= taken;
        }
    }

    /// <summary>Allocates one block for metadata.</summary>
    public long AllocateOne()
    {
        var map = new BlockMap();
        Allocate(0, 1, map);
        return map.Runs[0].Physical;
    }

    /// <summary>Gives blocks back.</summary>
    /// <exception cref="CorruptFormatException">They were not in use, or belong to the file system itself.</exception>
    public void Free(long block, long count)
    {
        while (count > 0)
        {
            var group = (int)((block - _superblock.FirstDataBlock) / _superblock.BlocksPerGroup);
            var bit = (int)(block - _superblock.GroupFirstBlock(group));
            var step = (int)Math.Min(count, _superblock.BlocksInGroup(group) - bit);
            var bitmap = Load(group);
            if (Bitmap.NextClear(bitmap, bit, bit + step) != bit + step)
            {
                throw new CorruptFormatException($"ext4 block bitmap of group {group}", -1, $"blocks {block} to {block + step - 1} belong to a file but are marked free: run e2fsck -f");
            }

            _groups.ForEachMetadataRun(group, (from, length) =>
            {
                if (from < bit + step && bit < from + length) throw new CorruptFormatException($"ext4 group {group}", -1, $"a file claims blocks of the file system's own at {block}: run e2fsck -f");
            });
            Bitmap.Clear(bitmap, bit, step);
            _dirty[group] = true;
            _longestRun[group] = int.MaxValue;
            _groups.SetFreeBlocks(group, _groups.FreeBlocks(group) + step);
            FreeCount += step;
            block += step;
            count -= step;
        }
    }

    /// <summary>Takes up a group's bitmap, before the group changes.</summary>
    public void Prepare(int group) => Load(group);

    /// <summary>Takes up that the file system has become larger.</summary>
    /// <param name="first">The first new group; the one before has become larger too.</param>
    /// <param name="oldInLast">How many blocks that one had.</param>
    public void Extend(int first, int oldInLast)
    {
        Array.Resize(ref _bitmaps, _groups.Count);
        Array.Resize(ref _dirty, _groups.Count);
        Array.Resize(ref _longestRun, _groups.Count);
        var last = first - 1;
        var added = _superblock.BlocksInGroup(last) - oldInLast;
        Bitmap.Clear(_bitmaps[last]!, oldInLast, added);
        _dirty[last] = true;
        _longestRun[last] = int.MaxValue;
        _groups.SetFreeBlocks(last, _groups.FreeBlocks(last) + added);
        FreeCount += added;
        for (var group = first; group < _groups.Count; group++) Begin(group);
    }

    private void Begin(int group)
    {
        var blocks = _superblock.BlocksInGroup(group);
        var bitmap = new byte[_superblock.BlockSize];
        var own = _groups.BaseMetadataBlocks(group) + OwnBlocks(group, _groups.BlockBitmap(group), 1) + OwnBlocks(group, _groups.InodeBitmap(group), 1) + OwnBlocks(group, _groups.InodeTable(group), _groups.InodeTableBlocks);
        _groups.ForEachMetadataRun(group, (from, count) => Bitmap.Set(bitmap, from, count));
        var free = Bitmap.CountClear(bitmap, blocks);
        _groups.SetFreeBlocks(group, free);
        FreeCount += free;
        _longestRun[group] = free;

        // A group without a bitmap holds, for a kernel, its own metadata and nothing else; and the last one always has a bitmap.
        if (_superblock.HasGroupChecksum && blocks - free == own && group < _groups.Count - 1)
        {
            _groups.SetFlag(group, K.GroupBlockUninit);
            return;
        }

        Bitmap.Set(bitmap, blocks, (bitmap.Length * 8) - blocks);
        _bitmaps[group] = bitmap;
        _dirty[group] = true;
    }

    private long OwnBlocks(int group, long start, long count) =>
        Math.Max(0, Math.Min(start + count, _superblock.GroupFirstBlock(group) + _superblock.BlocksInGroup(group)) - Math.Max(start, _superblock.GroupFirstBlock(group)));

    /// <summary>Writes the bitmaps that changed and their checksums into the descriptors.</summary>
    public void Flush(IBlockWriter disk)
    {
        for (var group = 0; group < _bitmaps.Length; group++)
        {
            if (!_dirty[group]) continue;
            var bitmap = _bitmaps[group]!;
            if (_checksums.Enabled) _groups.SetBlockBitmapChecksum(group, _checksums.Bitmap(bitmap.AsSpan(0, _superblock.BlocksPerGroup / 8)));
            disk.Write(_groups.BlockBitmap(group) * _superblock.BlockSize, bitmap);
            _dirty[group] = false;
        }
    }

    private bool TryTake(int atLeast, long atMost, out long physical, out int taken)
    {
        for (var i = 0; i <= _groups.Count; i++)
        {
            // The group where the search begins is looked at twice: from the cursor to its end, and at last from its start.
            var group = (int)(((long)_group + i) % _groups.Count);
            var from = i == 0 ? _bit : 0;
            if (_longestRun[group] < atLeast || _groups.FreeBlocks(group) < atLeast) continue;
            if (!TryFind(group, from, atLeast, atMost, out var bit, out taken)) continue;
            Bitmap.Set(Load(group), bit, taken);
            _dirty[group] = true;
            _groups.SetFreeBlocks(group, _groups.FreeBlocks(group) - taken);
            if (_groups.HasFlag(group, K.GroupBlockUninit)) _groups.ClearFlag(group, K.GroupBlockUninit);
            FreeCount -= taken;
            _group = group;
            _bit = bit + taken;
            physical = _superblock.GroupFirstBlock(group) + bit;
            return true;
        }

        physical = 0;
        taken = 0;
        return false;
    }

    private bool TryFind(int group, int from, int atLeast, long atMost, out int bit, out int length)
    {
        var bitmap = Load(group);
        var end = _superblock.BlocksInGroup(group);
        for (bit = from; ;)
        {
            bit = Bitmap.NextClear(bitmap, bit, end);
            if (bit == end) break;
            var stop = Bitmap.NextSet(bitmap, bit, (int)Math.Min(end, bit + atMost));
            length = stop - bit;
            if (length >= atLeast) return true;
            bit = stop;
        }

        if (from == 0) _longestRun[group] = atLeast - 1;
        length = 0;
        return false;
    }

    private byte[] Load(int group)
    {
        if (_bitmaps[group] is { } loaded) return loaded;
        var bitmap = new byte[_superblock.BlockSize];
        var blocks = _superblock.BlocksInGroup(group);
        var context = $"ext4 block bitmap of group {group}";
        if (_groups.HasFlag(group, K.GroupBlockUninit))
        {
            _groups.ForEachMetadataRun(group, (from, count) => Bitmap.Set(bitmap, from, count));
            Bitmap.Set(bitmap, blocks, bitmap.Length * 8 - blocks);
        }
        else
        {
            var offset = _groups.BlockBitmap(group) * _superblock.BlockSize;
            _disk.Read(offset, bitmap);
            if (_checksums.Enabled && _groups.StoredPart(_checksums.Bitmap(bitmap.AsSpan(0, _superblock.BlocksPerGroup / 8))) != _groups.BlockBitmapChecksum(group))
            {
                throw new CorruptFormatException(context, offset, "its checksum is wrong");
            }

            _groups.ForEachMetadataRun(group, (from, count) =>
            {
                if (Bitmap.NextClear(bitmap, from, from + count) != from + count) throw new CorruptFormatException(context, offset, "it marks blocks of the file system's own as free: run e2fsck -f");
            });
        }

        var free = Bitmap.CountClear(bitmap, blocks);
        if (free != _groups.FreeBlocks(group))
        {
            throw new CorruptFormatException(context, -1, $"it holds {free} free blocks, the descriptor counts {_groups.FreeBlocks(group)}: run e2fsck -f");
        }

        return _bitmaps[group] = bitmap;
    }
}
