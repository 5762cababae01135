using System.Buffers.Binary;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Writes the runs of a file as an extent tree: up to four extents in the inode, else blocks of them, level by level.</summary>
internal sealed class ExtentTreeBuilder(Ext4Volume volume, BlockAllocator allocator, IBlockWriter writer)
{
    /// <summary>The kernel's limit: logical block numbers have 32 bits, and the last one is not used.</summary>
    public const long MaxLogicalBlocks = uint.MaxValue;

    private const int RootCapacity = 4;
    private readonly int _blockSize = volume.Superblock.BlockSize;

    /// <summary>Fills <paramref name="root"/> (the 60 bytes of <c>i_block</c>) and writes the blocks of the tree.</summary>
    /// <param name="inodeSeed">Checksum seed of the inode that the tree belongs to.</param>
    /// <returns>How many blocks the tree itself took.</returns>
    public long Build(BlockMap map, Span<byte> root, uint inodeSeed)
    {
        root.Clear();
        var records = ToRecords(map.Runs);
        var depth = 0;
        long blocks = 0;
        while (records.Count > RootCapacity)
        {
            records = WriteLevel(records, depth, inodeSeed, map);
            blocks += records.Count;
            depth++;
        }

        WriteHeader(root, records.Count, RootCapacity, depth);
        WriteRecords(root[12..], records, 0, records.Count, depth);
        return blocks;
    }

    /// <summary>A run longer than an extent can be is cut.</summary>
    private static List<(long Logical, long Physical, int Count)> ToRecords(List<BlockRun> runs)
    {
        var records = new List<(long Logical, long Physical, int Count)>(runs.Count);
        foreach (var run in runs)
        {
            for (long done = 0; done < run.Count; done += K.MaxExtentLength)
            {
                records.Add((run.Logical + done, run.Physical + done, (int)Math.Min(K.MaxExtentLength, run.Count - done)));
            }
        }

        return records;
    }

    private List<(long Logical, long Physical, int Count)> WriteLevel(List<(long Logical, long Physical, int Count)> records, int depth, uint inodeSeed, BlockMap map)
    {
        var capacity = (_blockSize - 12) / K.ExtentRecordSize;
        var parents = new List<(long Logical, long Physical, int Count)>();
        var block = new byte[_blockSize];
        for (var first = 0; first < records.Count; first += capacity)
        {
            var count = Math.Min(capacity, records.Count - first);
            var number = allocator.AllocateOne();
            map.MetadataBlocks.Add(number);
            block.AsSpan().Clear();
            WriteHeader(block, count, capacity, depth);
            WriteRecords(block.AsSpan(12), records, first, count, depth);
            if (volume.Checksums.Enabled)
            {
                var tail = 12 + capacity * K.ExtentRecordSize;
                BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(tail), Ext4Checksums.Block(inodeSeed, block.AsSpan(0, tail)));
            }

            writer.Write(number * _blockSize, block);
            parents.Add((records[first].Logical, number, 0));
        }

        return parents;
    }

    private static void WriteHeader(Span<byte> node, int count, int capacity, int depth)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(node, K.ExtentMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(node[2..], (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(node[4..], (ushort)capacity);
        BinaryPrimitives.WriteUInt16LittleEndian(node[6..], (ushort)depth);
    }

    private static void WriteRecords(Span<byte> to, List<(long Logical, long Physical, int Count)> records, int first, int count, int depth)
    {
        for (var i = first; i < first + count; i++, to = to[K.ExtentRecordSize..])
        {
            var (logical, physical, length) = records[i];
            BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)logical);
            if (depth == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)length);
                BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)(physical >> 32));
                BinaryPrimitives.WriteUInt32LittleEndian(to[8..], (uint)(physical & 0xFFFFFFFF));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(to[4..], (uint)(physical & 0xFFFFFFFF));
                BinaryPrimitives.WriteUInt16LittleEndian(to[8..], (ushort)(physical >> 32));
            }
        }
    }
}
