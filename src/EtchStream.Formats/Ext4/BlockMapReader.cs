using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>Reads the block map of an inode, extents or indirect blocks, with every pointer checked.</summary>
internal sealed class BlockMapReader(IRandomReader partition, Ext4Superblock superblock, Ext4Checksums checksums)
{
    /// <summary>More blocks of map than the largest file needs on this file system mean a loop.</summary>
    private long MaxMapBlocks => superblock.BlockCount;

    public BlockMap Read(Ext4Inode inode)
    {
        var map = new BlockMap();
        if (inode.HasInlineData) return map;
        if (inode.UsesExtents)
        {
            ReadExtents(inode, inode.Block, depthExpected: -1, map, lowest: 0);
        }
        else
        {
            ReadIndirect(inode, map);
        }

        EnsurePlausible(inode, map);
        return map;
    }

    /// <summary>
    /// A block belongs to a file once. Extents that name the same ones over and over could keep a reader of a small image busy
    /// for hours. Only shared_blocks lets a file repeat its own.
    /// </summary>
    private void EnsurePlausible(Ext4Inode inode, BlockMap map)
    {
        if ((superblock.RoCompat & Ext4RoCompatFeatures.SharedBlocks) != 0) return;
        long count = map.MetadataBlocks.Count;
        foreach (var run in map.Runs) count += run.Count;
        if (count > superblock.BlockCount) throw Corrupt(inode, $"it claims {count} blocks of a file system of {superblock.BlockCount}");
    }

    private void ReadExtents(Ext4Inode inode, ReadOnlySpan<byte> node, int depthExpected, BlockMap map, long lowest)
    {
        var magic = MemoryMarshal.Read<LE16>(node);
        int entries = MemoryMarshal.Read<LE16>(node[2..]);
        int max = MemoryMarshal.Read<LE16>(node[4..]);
        int depth = MemoryMarshal.Read<LE16>(node[6..]);
        if (magic != K.ExtentMagic) throw Corrupt(inode, "an extent node has a wrong magic number");
        if (entries > max || 12 + max * K.ExtentRecordSize > node.Length) throw Corrupt(inode, $"an extent node counts {entries} of {max} entries");
        if (depthExpected >= 0 ? depth != depthExpected : depth > K.MaxExtentDepth) throw Corrupt(inode, $"an extent node has depth {depth}");

        var next = lowest;
        for (var i = 0; i < entries; i++)
        {
            var record = node.Slice(12 + i * K.ExtentRecordSize, K.ExtentRecordSize);
            long logical = MemoryMarshal.Read<LE32>(record);
            if (logical < next) throw Corrupt(inode, $"extents are out of order at logical block {logical}");
            if (depth == 0)
            {
                int length = MemoryMarshal.Read<LE16>(record[4..]);
                var unwritten = length > K.MaxExtentLength;
                if (unwritten) length -= K.MaxExtentLength;
                var physical = (uint)MemoryMarshal.Read<LE32>(record[8..]) | (long)(ushort)MemoryMarshal.Read<LE16>(record[6..]) << 32;
                if (length == 0) throw Corrupt(inode, "an extent has length 0");
                EnsureInside(inode, physical, length);
                map.Add(new BlockRun(logical, physical, length, unwritten));
                next = logical + length;
            }
            else
            {
                var child = (uint)MemoryMarshal.Read<LE32>(record[4..]) | (long)(ushort)MemoryMarshal.Read<LE16>(record[8..]) << 32;
                EnsureInside(inode, child, 1);
                AddMapBlock(inode, map, child);
                var block = new byte[superblock.BlockSize];
                partition.Read(child * superblock.BlockSize, block);
                VerifyExtentBlock(inode, block, child);
                ReadExtents(inode, block, depth - 1, map, logical);
                next = map.Runs.Count == 0 ? logical : Math.Max(logical, map.Runs[^1].Logical + map.Runs[^1].Count);
            }
        }
    }

    private void VerifyExtentBlock(Ext4Inode inode, ReadOnlySpan<byte> block, long number)
    {
        if (!checksums.Enabled) return;
        var tail = 12 + MemoryMarshal.Read<LE16>(block[4..]) * K.ExtentRecordSize;
        if (tail + 4 > block.Length || Ext4Checksums.Block(checksums.InodeSeed(inode.Number, inode.Generation), block[..tail]) != MemoryMarshal.Read<LE32>(block[tail..]))
        {
            throw Corrupt(inode, $"the checksum of extent block {number} is wrong");
        }
    }

    private void ReadIndirect(Ext4Inode inode, BlockMap map)
    {
        // A fast symlink, device, FIFO or socket has no map; its i_block means something else.
        var words = MemoryMarshal.Cast<byte, LE32>(inode.Block);
        for (var i = 0; i < 12; i++) AddBlock(inode, map, i, words[i]);
        long perBlock = superblock.BlockSize / 4;
        ReadIndirectBlock(inode, map, words[12], 12, 1, perBlock);
        ReadIndirectBlock(inode, map, words[13], 12 + perBlock, perBlock, perBlock);
        ReadIndirectBlock(inode, map, words[14], 12 + perBlock + perBlock * perBlock, perBlock * perBlock, perBlock);
    }

    /// <param name="span">Logical blocks that one entry of this indirect block covers: 1 for a plain one.</param>
    private void ReadIndirectBlock(Ext4Inode inode, BlockMap map, uint number, long logical, long span, long perBlock)
    {
        if (number == 0) return;
        EnsureInside(inode, number, 1);
        AddMapBlock(inode, map, number);
        var block = new byte[superblock.BlockSize];
        partition.Read((long)number * superblock.BlockSize, block);
        var words = MemoryMarshal.Cast<byte, LE32>(block.AsSpan());
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == 0u) continue;
            if (span == 1) AddBlock(inode, map, logical + i, words[i]);
            else ReadIndirectBlock(inode, map, words[i], logical + i * span, span / perBlock, perBlock);
        }
    }

    private void AddBlock(Ext4Inode inode, BlockMap map, long logical, uint physical)
    {
        if (physical == 0) return;
        EnsureInside(inode, physical, 1);
        map.Add(new BlockRun(logical, physical, 1));
        if (map.Runs.Count > MaxMapBlocks) throw Corrupt(inode, "its block map is larger than the file system");
    }

    private void AddMapBlock(Ext4Inode inode, BlockMap map, long block)
    {
        map.MetadataBlocks.Add(block);
        if (map.MetadataBlocks.Count > MaxMapBlocks) throw Corrupt(inode, "its block map is larger than the file system");
    }

    private void EnsureInside(Ext4Inode inode, long block, long count)
    {
        if (block <= superblock.FirstDataBlock || block > superblock.BlockCount - count)
        {
            throw Corrupt(inode, $"it points to blocks {block} to {block + count - 1}, outside the file system of {superblock.BlockCount} blocks");
        }
    }

    private static CorruptFormatException Corrupt(Ext4Inode inode, string problem) => new($"ext4 inode {inode.Number}", -1, problem);
}
