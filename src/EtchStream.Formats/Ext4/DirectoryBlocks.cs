using System.Buffers.Binary;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>The parts that directory blocks share: entry records, the checksum tails, and their verification.</summary>
internal static class DirectoryBlocks
{
    /// <summary>Offset of the index entries in the root of a hashed directory: "." and "..", then eight bytes of information.</summary>
    public const int RootEntries = 32;

    /// <summary>Offset of the index entries in every other index block: one empty entry that hides them from a linear search.</summary>
    public const int NodeEntries = 8;

    /// <summary>Bytes an entry needs for a name.</summary>
    public static int EntryLength(int nameLength) => (8 + nameLength + 3) & ~3;

    public static void WriteEntry(Span<byte> at, uint inode, int length, ReadOnlySpan<byte> name, byte type, int blockSize)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, inode);
        BinaryPrimitives.WriteUInt16LittleEndian(at[4..], EncodeLength(length, blockSize));
        at[6] = (byte)name.Length;
        at[7] = type;
        name.CopyTo(at[8..]);
    }

    /// <summary>Entry lengths reach 65536, for which 16 bits have a special form.</summary>
    public static ushort EncodeLength(int length, int blockSize) => length == 65536 && blockSize == 65536 ? (ushort)65535 : (ushort)length;

    /// <summary>Writes the tail of a block of entries and its checksum.</summary>
    public static void SealLeaf(Span<byte> block, uint inodeSeed)
    {
        var tail = block[^DirectoryParser.ChecksumTailSize..];
        tail.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(tail[4..], DirectoryParser.ChecksumTailSize);
        tail[7] = DirectoryParser.ChecksumTailType;
        BinaryPrimitives.WriteUInt32LittleEndian(tail[8..], Ext4Checksums.Block(inodeSeed, block[..^DirectoryParser.ChecksumTailSize]));
    }

    /// <summary>Writes the tail of an index block, which lies behind the last place for an entry.</summary>
    public static void SealIndex(Span<byte> block, int entriesAt, uint inodeSeed)
    {
        var tail = block[(entriesAt + 8 * BinaryPrimitives.ReadUInt16LittleEndian(block[entriesAt..]))..];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], IndexChecksum(block, entriesAt, tail, inodeSeed));
    }

    /// <summary>Checks the checksum of a block of a directory.</summary>
    /// <exception cref="CorruptFormatException">It is wrong or missing.</exception>
    public static void Verify(ReadOnlySpan<byte> block, bool indexed, long logical, bool enabled, uint inodeSeed, string context)
    {
        if (!enabled) return;
        var good = indexed && IndexEntriesAt(block, logical) is var at and > 0
            ? VerifyIndex(block, at, inodeSeed)
            : VerifyLeaf(block, inodeSeed);
        if (!good) throw new CorruptFormatException(context, logical * block.Length, "the checksum of a directory block is wrong");
    }

    private static bool VerifyLeaf(ReadOnlySpan<byte> block, uint inodeSeed)
    {
        var tail = block[^DirectoryParser.ChecksumTailSize..];
        return tail[7] == DirectoryParser.ChecksumTailType
            && BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]) == Ext4Checksums.Block(inodeSeed, block[..^DirectoryParser.ChecksumTailSize]);
    }

    private static bool VerifyIndex(ReadOnlySpan<byte> block, int at, uint inodeSeed)
    {
        int limit = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 2)..]);
        if (count > limit || at + 8 * limit + 8 > block.Length) return false;
        var tail = block[(at + 8 * limit)..];
        return BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]) == IndexChecksum(block, at, tail, inodeSeed);
    }

    private static uint IndexChecksum(ReadOnlySpan<byte> block, int at, ReadOnlySpan<byte> tail, uint inodeSeed)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 2)..]);
        return Ext4Checksums.IndexBlock(inodeSeed, block[..(at + 8 * count)], tail[..4]);
    }

    /// <summary>Where the index entries begin when the block is one of index, else 0: the root by its place, others by the empty entry that spans them.</summary>
    private static int IndexEntriesAt(ReadOnlySpan<byte> block, long logical)
    {
        if (logical == 0) return RootEntries;
        var spansBlock = BinaryPrimitives.ReadUInt16LittleEndian(block[4..]) == EncodeLength(block.Length, block.Length);
        return BinaryPrimitives.ReadUInt32LittleEndian(block) == 0 && spansBlock ? NodeEntries : 0;
    }
}
