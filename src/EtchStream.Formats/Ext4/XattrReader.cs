using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>Reads extended attributes: first those inside the inode, then those of its external block.</summary>
internal sealed class XattrReader(IRandomReader partition, Ext4Superblock superblock, Ext4Checksums checksums)
{
    private const int EntrySize = 16;
    private const int BlockHeaderSize = 32;

    /// <summary>The kernel's own limit of a value (<c>XATTR_SIZE_MAX</c>).</summary>
    private const int MaxValue = 65536;

    /// <summary>Reads the content of an inode that holds one large value (ea_inode).</summary>
    public required Func<uint, int, byte[]> ReadValueInode { get; init; }

    /// <summary>All attributes, without the inline data that is kept among them.</summary>
    public List<Xattr> Read(Ext4Inode inode) => Read(inode, out _, out _);

    /// <summary>All attributes, and apart from them the part of inline data beyond the first 60 bytes, and whether any value has an inode of its own.</summary>
    public List<Xattr> Read(Ext4Inode inode, out byte[] inlineData, out bool hasValueInode)
    {
        var found = new List<Xattr>();
        inlineData = [];
        hasValueInode = false;
        var start = inode.XattrStart;
        if (start != 0 && MemoryMarshal.Read<LE32>(inode.Bytes[start..]) == K.XattrMagic)
        {
            ReadEntries(inode, inode.Bytes[(start + 4)..], 0, found, ref inlineData, ref hasValueInode);
        }

        if (inode.XattrBlock != 0)
        {
            var block = ReadBlock(inode);
            ReadEntries(inode, block, BlockHeaderSize, found, ref inlineData, ref hasValueInode);
        }

        return found;
    }

    /// <summary>Reads and checks the external block.</summary>
    public byte[] ReadBlock(Ext4Inode inode)
    {
        var number = inode.XattrBlock;
        if (number <= superblock.FirstDataBlock || number >= superblock.BlockCount) throw Corrupt(inode, $"its attribute block {number} lies outside the file system");
        var block = new byte[superblock.BlockSize];
        partition.Read(number * superblock.BlockSize, block);
        if (MemoryMarshal.Read<LE32>(block) != K.XattrMagic) throw Corrupt(inode, $"its attribute block {number} has a wrong magic number");
        if (checksums.Enabled && checksums.XattrBlock(number, block) != MemoryMarshal.Read<LE32>(block.AsSpan(16))) throw Corrupt(inode, $"the checksum of attribute block {number} is wrong");
        return block;
    }

    private void ReadEntries(Ext4Inode inode, ReadOnlySpan<byte> area, int first, List<Xattr> found, ref byte[] inlineData, ref bool hasValueInode)
    {
        // Value offsets count from the start of the area: the whole block, or the first entry inside an inode.
        for (var at = first; at + 4 <= area.Length && MemoryMarshal.Read<LE32>(area[at..]) != 0u;)
        {
            if (at + EntrySize > area.Length) throw Corrupt(inode, "an attribute entry is cut off");
            int nameLength = area[at];
            var index = area[at + 1];
            int offset = MemoryMarshal.Read<LE16>(area[(at + 2)..]);
            uint valueInode = MemoryMarshal.Read<LE32>(area[(at + 4)..]);
            uint size = MemoryMarshal.Read<LE32>(area[(at + 8)..]);
            if (at + EntrySize + nameLength > area.Length || size > MaxValue) throw Corrupt(inode, "an attribute entry is larger than its place");
            var name = area.Slice(at + EntrySize, nameLength);
            at += (EntrySize + nameLength + 3) & ~3;

            byte[] value;
            if (valueInode != 0)
            {
                hasValueInode = true;
                value = ReadValueInode(valueInode, (int)size);
            }
            else
            {
                if (offset + size > area.Length) throw Corrupt(inode, "an attribute value leaves its place");
                value = area.Slice(offset, (int)size).ToArray();
            }

            if (index == XattrNames.SystemIndex && name.SequenceEqual("data"u8))
            {
                inlineData = value;
                continue;
            }

            var full = XattrNames.Join(index, name) ?? throw new UnsupportedFormatException("xattr namespace", $"inode {inode.Number} has an extended attribute in the unknown namespace {index}");
            found.Add(new Xattr(full, XattrNames.IsAcl(index) ? PosixAcl.FromExt4(value) : value));
        }
    }

    private static CorruptFormatException Corrupt(Ext4Inode inode, string problem) => new($"ext4 inode {inode.Number}", -1, problem);
}
