using System.Buffers.Binary;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>
/// Checks the index of a hashed directory: each block of entries is named once, and holds names only whose hashes lie between its own
/// and its successor's. A name in the wrong block is there, and cannot be found.
/// </summary>
internal sealed class HashTreeCheck(Ext4Volume volume, Ext4Inode directory, CheckLog log)
{
    private const int MaxLevels = 3;
    private const int HashVersionAt = 28;
    private const int LevelsAt = 30;
    private const int EntrySize = 8;

    private readonly BlockMap _map = volume.ReadMap(directory);
    private readonly HashSet<long> _seen = [0];
    private readonly byte[][] _blocks = [.. Enumerable.Range(0, MaxLevels + 1).Select(_ => new byte[volume.Superblock.BlockSize])];
    private DirectoryHash? _hash;

    private long BlockCount => directory.Size / volume.Superblock.BlockSize;

    /// <summary>Runs.</summary>
    public void Run()
    {
        var root = _blocks[0];
        if (BlockCount == 0 || !Read(0, root)) return;
        int levels = root[LevelsAt];
        if (levels >= MaxLevels)
        {
            Wrong($"it has {levels} levels");
            return;
        }

        var hash = new DirectoryHash(volume.Superblock);
        if (root[HashVersionAt] == hash.Version) _hash = hash;
        Walk(root, DirectoryBlocks.RootEntries, levels, 0, uint.MaxValue);
        for (long block = 0; block < BlockCount; block++)
        {
            if (!_seen.Contains(block)) Wrong($"it does not name block {block}");
        }
    }

    private void Walk(byte[] node, int at, int levels, uint low, uint high)
    {
        int limit = BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(at)), count = BinaryPrimitives.ReadUInt16LittleEndian(node.AsSpan(at + 2));
        if (count == 0 || count > limit || at + (limit * EntrySize) > node.Length)
        {
            Wrong($"a node counts {count} of {limit} entries");
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var entry = node.AsSpan(at + (i * EntrySize));

            // The first entry's hash is that of the node; there its limits are kept.
            var from = i == 0 ? low : BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var to = i + 1 < count ? BinaryPrimitives.ReadUInt32LittleEndian(entry[EntrySize..]) : high;
            long block = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) & 0x0FFFFFFF;
            if (from < low || to < from) Wrong($"its hashes are out of order at block {block}");
            if (block >= BlockCount || !_seen.Add(block))
            {
                Wrong($"it names block {block}, which {(block >= BlockCount ? "the directory does not have" : "it has named before")}");
                continue;
            }

            var child = _blocks[MaxLevels - levels];
            if (!Read(block, child)) continue;
            if (levels > 0) Walk(child, DirectoryBlocks.NodeEntries, levels - 1, from, to);
            else CheckLeaf(child, block, from, to);
        }
    }

    private void CheckLeaf(byte[] leaf, long block, uint from, uint to)
    {
        if (_hash is not { } hash) return;
        DirectoryParser.Parse(leaf, volume.Superblock.HasFileTypes, $"ext4 directory inode {directory.Number}", (name, _, _) =>
        {
            // The lowest bit says that names of this hash began in the block before.
            var value = hash.Compute(name);
            if (value < (from & ~1u) || value > to || (value == to && to != uint.MaxValue && (to & 1) == 0)) Wrong($"the name {PathText.Of(name)} is in block {block}, where it is not looked for");
        });
    }

    private bool Read(long logical, byte[] block)
    {
        if (_map.Find(logical) is not { } run) return false;
        volume.ReadBlocks(run.Physical + logical - run.Logical, block);
        return true;
    }

    private void Wrong(string problem) => log.Error($"the index of the directory inode {directory.Number} is wrong: {problem}");
}
