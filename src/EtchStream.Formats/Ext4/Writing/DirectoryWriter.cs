using System.Buffers.Binary;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>
/// Lays a directory out anew in whole blocks: one block or, without dir_index, blocks of entries in order; else a hash tree
/// whose leaves are filled in the order of the names' hashes, so that the kernel finds a name by one look at each level.
/// </summary>
internal sealed class DirectoryWriter
{
    /// <summary>Blocks written between two steps, which bounds what is queued at a time.</summary>
    private const int BlocksPerStep = 128;

    private readonly Ext4Volume _volume;
    private readonly IBlockWriter _writer;
    private readonly DirectoryHash? _hash;
    private readonly int _blockSize;
    private readonly bool _checksums;

    public DirectoryWriter(Ext4Volume volume, IBlockWriter writer)
    {
        _volume = volume;
        _writer = writer;
        _blockSize = volume.Superblock.BlockSize;
        _checksums = volume.Checksums.Enabled;
        if ((volume.Superblock.Compat & Ext4CompatFeatures.DirIndex) != 0) _hash = new DirectoryHash(volume.Superblock);
    }

    /// <summary>Bytes of a block that entries can fill.</summary>
    private int Usable => _checksums ? _blockSize - DirectoryParser.ChecksumTailSize : _blockSize;

    /// <summary>Places of a name: which block it goes to.</summary>
    public sealed class Layout
    {
        /// <summary>Entries in the order in which they are written.</summary>
        internal int[] Order { get; init; } = [];

        /// <summary>First place in <see cref="Order"/> of every leaf, and the end of the last.</summary>
        internal List<int> Leaves { get; } = [0];

        /// <summary>Hash at which every leaf begins, bit 0 set when the leaf before holds names of the same hash.</summary>
        internal List<uint> LeafHashes { get; } = [];

        /// <summary>Index blocks at each level below the root, from the root's children down to the leaves' parents.</summary>
        internal List<int> IndexLevels { get; } = [];

        /// <summary>Whether there is an index.</summary>
        public bool IsIndexed { get; internal set; }

        /// <summary>Blocks in all.</summary>
        public int BlockCount { get; internal set; }
    }

    /// <summary>Decides how many blocks there are and what goes where.</summary>
    public Layout Plan(DirectoryNode node)
    {
        var total = (long)DirectoryBlocks.EntryLength(1) + DirectoryBlocks.EntryLength(2);
        var used = new int[node.Count];
        var count = 0;
        for (var i = 0; i < node.Capacity; i++)
        {
            if (node.At(i).Inode == 0) continue;
            used[count++] = i;
            total += DirectoryBlocks.EntryLength(node.NameAt(i).Length);
        }

        if (total <= Usable || _hash is null) return PlanLinear(node, used);
        var hashes = new uint[count];
        for (var i = 0; i < count; i++) hashes[i] = _hash.Compute(node.NameAt(used[i]));
        Array.Sort(hashes, used);
        return PlanIndexed(node, used, hashes);
    }

    /// <summary>Writes all blocks to the places that <paramref name="map"/> gives them.</summary>
    public IEnumerable<int> Write(DirectoryNode node, Layout layout, BlockMap map, uint generation)
    {
        var seed = _volume.Checksums.InodeSeed(node.Inode, generation);
        var block = new byte[_blockSize];
        var logical = 0;
        if (layout.IsIndexed)
        {
            foreach (var _ in WriteIndex(node, layout, map, seed, block))
            {
                logical++;
                if (logical % BlocksPerStep == 0) yield return logical;
            }
        }

        for (var leaf = 0; leaf < layout.Leaves.Count - 1; leaf++)
        {
            FillLeaf(node, layout, leaf, block, seed);
            Put(map, logical++, block);
            if (logical % BlocksPerStep == 0) yield return logical;
        }

        yield return logical;
    }

    private Layout PlanLinear(DirectoryNode node, int[] order)
    {
        var layout = new Layout { Order = order };
        var left = Usable - DirectoryBlocks.EntryLength(1) - DirectoryBlocks.EntryLength(2);
        for (var i = 0; i < order.Length; i++)
        {
            var length = DirectoryBlocks.EntryLength(node.NameAt(order[i]).Length);
            if (length > left)
            {
                layout.Leaves.Add(i);
                left = Usable;
            }

            left -= length;
        }

        layout.Leaves.Add(order.Length);
        layout.BlockCount = layout.Leaves.Count - 1;
        return layout;
    }

    private Layout PlanIndexed(DirectoryNode node, int[] order, uint[] hashes)
    {
        var layout = new Layout { Order = order, IsIndexed = true };
        layout.LeafHashes.Add(0);
        var left = Usable;
        for (var i = 0; i < order.Length; i++)
        {
            var length = DirectoryBlocks.EntryLength(node.NameAt(order[i]).Length);
            if (length > left)
            {
                layout.Leaves.Add(i);
                layout.LeafHashes.Add(hashes[i] | (hashes[i] == hashes[i - 1] ? 1u : 0u));
                left = Usable;
            }

            left -= length;
        }

        layout.Leaves.Add(order.Length);
        var leaves = layout.LeafHashes.Count;
        var maxLevels = (_volume.Superblock.Incompat & Ext4IncompatFeatures.LargeDirectories) != 0 ? 2 : 1;
        for (var blocks = leaves; blocks > Limit(DirectoryBlocks.RootEntries);)
        {
            if (layout.IndexLevels.Count == maxLevels)
            {
                throw new OutOfSpaceException($"a directory with {order.Length} entries is larger than its index can be; the file system needs the feature large_dir");
            }

            var limit = Limit(DirectoryBlocks.NodeEntries);
            blocks = (blocks + limit - 1) / limit;
            layout.IndexLevels.Insert(0, blocks);
        }

        layout.BlockCount = 1 + layout.IndexLevels.Sum() + leaves;
        return layout;
    }

    /// <summary>Places for entries in an index block, the first of which shares its room with the counters.</summary>
    private int Limit(int entriesAt) => (_blockSize - entriesAt - (_checksums ? 8 : 0)) / 8;

    private IEnumerable<int> WriteIndex(DirectoryNode node, Layout layout, BlockMap map, uint seed, byte[] block)
    {
        // Logical blocks: the root, then level by level, then the leaves.
        var levels = layout.IndexLevels;
        var hashes = new List<uint>[levels.Count + 1];
        hashes[levels.Count] = layout.LeafHashes;
        var limit = Limit(DirectoryBlocks.NodeEntries);
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            hashes[level] = [];
            for (var i = 0; i < levels[level]; i++) hashes[level].Add(hashes[level + 1][i * limit]);
        }

        var next = 1;
        FillRoot(node, layout, block);
        FillEntries(block, DirectoryBlocks.RootEntries, hashes[0], 0, hashes[0].Count, next, seed);
        Put(map, 0, block);
        yield return 0;
        var logical = 1;
        for (var level = 0; level < levels.Count; level++)
        {
            next += levels[level];
            for (var i = 0; i < levels[level]; i++)
            {
                var first = i * limit;
                block.AsSpan().Clear();
                BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(4), DirectoryBlocks.EncodeLength(_blockSize, _blockSize));
                FillEntries(block, DirectoryBlocks.NodeEntries, hashes[level + 1], first, Math.Min(limit, hashes[level + 1].Count - first), next + first, seed);
                Put(map, logical, block);
                yield return logical++;
            }
        }
    }

    private void FillRoot(DirectoryNode node, Layout layout, byte[] block)
    {
        block.AsSpan().Clear();
        WriteDots(node, block, _blockSize - DirectoryBlocks.EntryLength(1));
        block[28] = _hash!.Version;
        block[29] = 8;
        block[30] = (byte)layout.IndexLevels.Count;
    }

    private void FillEntries(byte[] block, int at, List<uint> hashes, int first, int count, int firstBlock, uint seed)
    {
        for (var i = 0; i < count; i++)
        {
            var entry = block.AsSpan(at + 8 * i, 8);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, hashes[first + i]);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)(firstBlock + i));
        }

        // The first entry stands for all lower hashes, so limit and count take the place of its hash.
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(at), (ushort)Limit(at));
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(at + 2), (ushort)count);
        if (_checksums) DirectoryBlocks.SealIndex(block, at, seed);
    }

    private void FillLeaf(DirectoryNode node, Layout layout, int leaf, byte[] block, uint seed)
    {
        block.AsSpan().Clear();
        var at = 0;
        var last = 0;
        if (leaf == 0 && !layout.IsIndexed)
        {
            at = WriteDots(node, block, DirectoryBlocks.EntryLength(2));
            last = DirectoryBlocks.EntryLength(1);
        }

        for (var i = layout.Leaves[leaf]; i < layout.Leaves[leaf + 1]; i++)
        {
            var (inode, type) = node.At(layout.Order[i]);
            var name = node.NameAt(layout.Order[i]);
            var length = DirectoryBlocks.EntryLength(name.Length);
            DirectoryBlocks.WriteEntry(block.AsSpan(at), inode, length, name, TypeByte(type), _blockSize);
            last = at;
            at += length;
        }

        // The last entry reaches to the end of the block; a block without any holds one unused entry.
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(last + 4), DirectoryBlocks.EncodeLength(Usable - last, _blockSize));
        if (_checksums) DirectoryBlocks.SealLeaf(block, seed);
    }

    private int WriteDots(DirectoryNode node, byte[] block, int parentLength)
    {
        var length = DirectoryBlocks.EntryLength(1);
        DirectoryBlocks.WriteEntry(block, node.Inode, length, "."u8, TypeByte(2), _blockSize);
        DirectoryBlocks.WriteEntry(block.AsSpan(length), node.Parent, parentLength, ".."u8, TypeByte(2), _blockSize);
        return length + parentLength;
    }

    private byte TypeByte(byte type) => _volume.Superblock.HasFileTypes ? type : (byte)0;

    private void Put(BlockMap map, long logical, byte[] block)
    {
        var run = map.Find(logical) ?? throw new InvalidOperationException("a directory block has no place");
        _writer.Write((run.Physical + logical - run.Logical) * _blockSize, block);
    }
}
