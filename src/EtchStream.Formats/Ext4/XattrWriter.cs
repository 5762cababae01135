using System.Buffers.Binary;
using System.Text;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>Lays extended attributes out: as many as fit inside the inode, the rest in one external block.</summary>
internal static class XattrWriter
{
    private const int EntrySize = 16;
    private const int BlockHeaderSize = 32;

    /// <summary>Attributes of one inode, ready to be placed.</summary>
    public sealed class Plan
    {
        internal List<Item> InInode { get; } = [];

        internal List<Item> InBlock { get; } = [];

        /// <summary>Whether an external block has to be allocated.</summary>
        public bool NeedsBlock => InBlock.Count > 0;
    }

    internal readonly record struct Item(byte Index, ReadOnlyMemory<byte> Name, byte[] Value)
    {
        public int EntryLength => (EntrySize + Name.Length + 3) & ~3;

        public int ValueLength => (Value.Length + 3) & ~3;
    }

    /// <summary>Decides which attribute goes where.</summary>
    /// <param name="inodeRoom">Bytes inside the inode behind its extra fields, the magic number included; 0 when there are none.</param>
    /// <exception cref="UnsupportedFormatException">They do not fit, or a namespace cannot be stored.</exception>
    public static Plan Place(IReadOnlyList<Xattr> attributes, int inodeRoom, int blockSize, string context)
    {
        var items = new List<Item>(attributes.Count);
        foreach (var attribute in attributes)
        {
            if (!XattrNames.TrySplit(attribute.Name, out var index, out var rest) || rest.Length > 255)
            {
                throw new UnsupportedFormatException("xattr namespace", $"{context}: the extended attribute {Encoding.UTF8.GetString(attribute.Name)} cannot be stored on ext4 (only user., trusted., security. and POSIX ACLs can)");
            }

            items.Add(new Item(index, rest, XattrNames.IsAcl(index) ? PosixAcl.ToExt4(attribute.Value) : attribute.Value));
        }

        items.Sort(Compare);
        for (var i = 1; i < items.Count; i++)
        {
            if (Compare(items[i - 1], items[i]) == 0) throw new CorruptFormatException(context, -1, "it has the same extended attribute twice");
        }

        // Both places end their entries with four zero bytes; inside the inode a magic number comes first.
        var plan = new Plan();
        var inodeLeft = inodeRoom - 8;
        var blockLeft = blockSize - BlockHeaderSize - 4;
        foreach (var item in items)
        {
            var need = item.EntryLength + item.ValueLength;
            if (need <= inodeLeft)
            {
                plan.InInode.Add(item);
                inodeLeft -= need;
            }
            else if (need <= blockLeft)
            {
                plan.InBlock.Add(item);
                blockLeft -= need;
            }
            else
            {
                var total = items.Sum(i => i.EntryLength + i.ValueLength);
                throw new UnsupportedFormatException("large xattrs", $"{context}: its extended attributes need {total} bytes, this file system holds about {blockSize - BlockHeaderSize - 4} a file; use blocks of 4 KiB or fewer attributes");
            }
        }

        return plan;
    }

    /// <summary>Writes the inode's part behind its extra fields; clears that room when there is none.</summary>
    public static void WriteInode(Plan plan, Span<byte> room)
    {
        room.Clear();
        if (plan.InInode.Count == 0) return;
        BinaryPrimitives.WriteUInt32LittleEndian(room, K.XattrMagic);
        var area = room[4..];

        // The kernel keeps no hash for entries inside an inode.
        WriteEntries(plan.InInode, area, 0, area.Length, withHash: false);
    }

    /// <summary>Makes the external block, without its checksum.</summary>
    public static void WriteBlock(Plan plan, Span<byte> block)
    {
        block.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block, K.XattrMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], 1);
        WriteEntries(plan.InBlock, block, BlockHeaderSize, block.Length, withHash: true);

        uint hash = 0;
        foreach (var item in plan.InBlock)
        {
            var entryHash = HashOf(item);
            if (entryHash == 0)
            {
                hash = 0;
                break;
            }

            hash = (hash << 16) ^ (hash >> 16) ^ entryHash;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], hash);
    }

    private static void WriteEntries(List<Item> items, Span<byte> area, int at, int end, bool withHash)
    {
        foreach (var item in items)
        {
            end -= item.ValueLength;
            var entry = area.Slice(at, item.EntryLength);
            entry[0] = (byte)item.Name.Length;
            entry[1] = item.Index;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], item.Value.Length == 0 ? (ushort)0 : (ushort)end);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)item.Value.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], withHash ? HashOf(item) : 0);
            item.Name.Span.CopyTo(entry[EntrySize..]);
            item.Value.CopyTo(area[end..]);
            at += item.EntryLength;
        }
    }

    /// <summary>Hash over name and value, taken in words with the padding as zeros.</summary>
    private static uint HashOf(Item item)
    {
        uint hash = 0;

        // Name bytes count as unsigned, as kernels since 6.2 and e2fsck do.
        foreach (var b in item.Name.Span) hash = (hash << 5) ^ (hash >> 27) ^ b;
        Span<byte> last = stackalloc byte[4];
        for (ReadOnlySpan<byte> value = item.Value; value.Length > 0;)
        {
            var take = Math.Min(4, value.Length);
            last.Clear();
            value[..take].CopyTo(last);
            hash = (hash << 16) ^ (hash >> 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(last);
            value = value[take..];
        }

        return hash;
    }

    /// <summary>The order that the kernel's search in a block relies on.</summary>
    private static int Compare(Item a, Item b)
    {
        if (a.Index != b.Index) return a.Index.CompareTo(b.Index);
        if (a.Name.Length != b.Name.Length) return a.Name.Length.CompareTo(b.Name.Length);
        return a.Name.Span.SequenceCompareTo(b.Name.Span);
    }
}
