using System.Buffers.Binary;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Writes the runs of a file as the block map of ext2 and ext3: twelve direct blocks, then single, double and triple indirect ones.</summary>
internal sealed class IndirectMapBuilder(Ext4Volume volume, BlockAllocator allocator, IBlockWriter writer)
{
    private const int DirectBlocks = 12;
    private readonly int _blockSize = volume.Superblock.BlockSize;
    private readonly long _perBlock = volume.Superblock.BlockSize / 4;

    /// <summary>Logical blocks that a map can name.</summary>
    public long MaxLogicalBlocks => DirectBlocks + _perBlock + _perBlock * _perBlock + _perBlock * _perBlock * _perBlock;

    /// <summary>Fills <paramref name="root"/> (the 60 bytes of <c>i_block</c>) and writes the indirect blocks.</summary>
    /// <returns>How many indirect blocks there are.</returns>
    public long Build(BlockMap map, Span<byte> root)
    {
        root.Clear();
        var cursor = new Cursor(map.Runs);
        for (var i = 0; i < DirectBlocks; i++) Put(root, i, cursor.Take(i));
        long start = DirectBlocks;
        long span = 1;
        for (var level = 0; level < 3; level++)
        {
            span *= _perBlock;
            Put(root, DirectBlocks + level, BuildBlock(cursor, start, span, map));
            start += span;
        }

        return map.MetadataBlocks.Count;
    }

    /// <summary>Writes the indirect block for the logical blocks <paramref name="start"/> to <paramref name="start"/> + <paramref name="span"/>.</summary>
    /// <returns>Its number, 0 when all of that is a hole.</returns>
    private uint BuildBlock(Cursor cursor, long start, long span, BlockMap map)
    {
        if (!cursor.HasBlockBefore(start + span)) return 0;
        var number = allocator.AllocateOne();
        map.MetadataBlocks.Add(number);
        if (number > uint.MaxValue) throw new UnsupportedFormatException("64-bit block numbers", "a file without extents cannot use blocks behind 2^32");
        var block = new byte[_blockSize];
        var each = span / _perBlock;
        for (var i = 0; i < _perBlock; i++)
        {
            var child = each == 1 ? cursor.Take(start + i) : BuildBlock(cursor, start + i * each, each, map);
            Put(block, i, child);
        }

        writer.Write(number * _blockSize, block);
        return (uint)number;
    }

    private static void Put(Span<byte> words, int index, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(words[(4 * index)..], value);

    /// <summary>Walks the runs in logical order.</summary>
    private sealed class Cursor(List<BlockRun> runs)
    {
        private int _index;

        public bool HasBlockBefore(long logical) => _index < runs.Count && runs[_index].Logical < logical;

        public uint Take(long logical)
        {
            while (_index < runs.Count && runs[_index].Logical + runs[_index].Count <= logical) _index++;
            if (_index == runs.Count || runs[_index].Logical > logical) return 0;
            var physical = runs[_index].Physical + (logical - runs[_index].Logical);
            if (runs[_index].Logical + runs[_index].Count == logical + 1) _index++;
            return physical <= uint.MaxValue ? (uint)physical : throw new UnsupportedFormatException("64-bit block numbers", "a file without extents cannot use blocks behind 2^32");
        }
    }
}
