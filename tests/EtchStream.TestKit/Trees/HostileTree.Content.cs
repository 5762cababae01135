using System.Buffers.Binary;
using EtchStream.Formats.Unix;

namespace EtchStream.TestKit;

public sealed partial class HostileTree
{
    private void AddSizes()
    {
        _tree.Folder("sizes", Attributes(0x1ed));

        // Around what fits in an inode (inline_data), whole blocks of each size, the 12 direct blocks, and the first indirect ones.
        int[] sizes =
        [
            0, 1, 59, 60, 61, 100, 150, 156, 157, 160, 161, 170, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097, 8192,
            12 * 1024, (12 * 1024) + 1, 12 * 2048, 12 * 4096, (12 * 4096) + 1, 65_535, 65_536, 65_537, 268 * 1024, (268 * 1024) + 1, 1 << 20, (1 << 20) + 1, 3_333_333,
        ];
        foreach (var size in sizes) _tree.File($"sizes/{size:d7}", Content(size + 5, size), Attributes(0x1a4));
        _tree.File("sizes/zeros", new byte[100_000], Attributes(0x1a4));
    }

    private void AddSparseFiles()
    {
        _tree.Folder("sparse", Attributes(0x1ed));
        var block = Content(900, 4096);
        AddSparse("hole-only", 1 << 20);
        AddSparse("hole-only-unaligned", 1_000_001);
        AddSparse("hole-at-start", (1 << 20) + 4096, (1 << 20, block));
        AddSparse("hole-at-end", 1 << 20, (0, block));
        AddSparse("hole-in-middle", (1 << 20) + 4096, (0, block), (1 << 20, block));
        AddSparse("unaligned", 500_001, (0, block[..1]), (77_777, block[..333]), (500_000, block[..1]));
        AddSparse("one-byte-behind-hole", 12_289, (12_288, block[..1]));
        if (_options.BigSparseFile)
        {
            // Pieces in the reach of direct, single, double and triple indirect blocks, across 2 and 4 GiB, and at the very end.
            const long Size = 5L << 30;
            AddSparse("5-gib", Size, (0, block), (300 << 10, block), (70L << 20, block), ((2L << 30) - 2048, block), ((4L << 30) - 1, block[..2]), (Size - 10, block[..10]));
        }

        if (_options.Stripes > 0)
        {
            var stripes = Enumerable.Range(0, _options.Stripes).Select(i => (i * 8192L, Content(i, 4096))).ToArray();
            _tree.File("sparse/stripes"u8, (_options.Stripes * 8192L) + 100, stripes, Attributes(0x1a4));
        }
    }

    private void AddSparse(string name, long size, params (long, byte[])[] pieces) =>
        _tree.File(TreeBuilder.Bytes($"sparse/{name}"), size, pieces, Attributes(0x1a4));

    private void AddXattrs()
    {
        var budget = _options.XattrBytes;
        _tree.Folder("xattrs", Attributes(0x1ed, xattrs: [Text("user.on-folder", "yes"), Text("trusted.overlay.opaque", "y")]));
        _tree.File("xattrs/small", Content(1, 10), Attributes(0x1a4, xattrs: [Text("user.a", "b")]));
        _tree.File("xattrs/empty-value", [], Attributes(0x1a4, xattrs: [Text("user.empty", "")]));
        _tree.File("xattrs/binary", Content(2, 10), Attributes(0x1a4, xattrs: [new("user.binary"u8.ToArray(), [0, 0xff, 0x80, 10, 61, 0, 1])]));
        _tree.File("xattrs/names", Content(3, 10), Attributes(0x1a4, xattrs: [Text("user.with space", "1"), Text("user.new\nline", "2"), Text("user.ümlaut", "3"), Text("user.%", "4"), Text("user.dots.and.dots", "5")]));
        _tree.File("xattrs/equals", Content(4, 10), Attributes(0x1a4, xattrs: [Text("user.value", "a=b\nc=d")]));
        _tree.File("xattrs/longest-name", Content(5, 10), Attributes(0x1a4, xattrs: [Text("user." + new string('n', 250), "v")]));
        _tree.File("xattrs/namespaces", Content(6, 10), Attributes(0x1a4, xattrs: [Text("user.x", "u"), Text("trusted.x", "t"), Text("security.x", "s")]));
        _tree.SymbolicLink("xattrs/symlink"u8, "small"u8, Attributes(0x1ff, xattrs: [Text("trusted.on-link", "yes"), Text("security.on-link", "yes")]));
        _tree.Node("xattrs/fifo", FileKind.Fifo, 0, 0, Attributes(0x1a4, xattrs: [Text("trusted.on-fifo", "yes")]));
        _tree.Node("xattrs/device", FileKind.CharacterDevice, 0, 0, Attributes(0x1a4, xattrs: [Text("trusted.on-device", "yes")]));

        // Sizes around the room in an inode of 256 bytes, then up to all that a block takes.
        foreach (var length in (int[])[40, 60, 64, 68, 72, 76, 80, 84, 100, 400])
            _tree.File($"xattrs/length-{length}", Content(length, 10), Attributes(0x1a4, xattrs: [new("user.v"u8.ToArray(), Content(length, length))]));
        _tree.File("xattrs/largest", Content(7, 10), Attributes(0x1a4, xattrs: [new("user.largest"u8.ToArray(), Content(7, Math.Min(3_000, budget - 24)))]));
        _tree.File("xattrs/in-and-out", Content(8, 10), Attributes(0x1a4, xattrs: [Text("user.small", "in the inode"), new("user.large"u8.ToArray(), Content(8, budget / 2)), Text("trusted.small", "also")]));
        _tree.Folder("xattrs/large-on-folder", Attributes(0x1ed, xattrs: [new("user.large"u8.ToArray(), Content(9, budget / 2))]));

        var many = new List<Xattr>();
        for (int i = 0, room = budget - 100; room >= 40; i++, room -= 40) many.Add(new(TreeBuilder.Bytes($"user.{(char)('a' + (i * 5 % 26))}{i:d3}"), Content(i, i % 16)));
        _tree.File("xattrs/many", Content(10, 10), Attributes(0x1a4, xattrs: [.. many]));

        // The same large block on many files: the kernel shares it, a writer may, and counts have to be right in either case.
        for (var i = 0; i < 20; i++) _tree.File($"xattrs/same-{i}", Content(i, 10), Attributes(0x1a4, xattrs: [new("user.same"u8.ToArray(), Content(11, 500))]));

        // struct vfs_cap_data, revision 2 and 3 (the latter with a user ID), as setcap writes them.
        _tree.File("xattrs/capability", Content(12, 10), Attributes(0x1ed, xattrs: [new("security.capability"u8.ToArray(), Convert.FromHexString("0100000200200080000000000000000000000000")[..20])]));
        _tree.File("xattrs/capability-v3", Content(13, 10), Attributes(0x9ed, xattrs: [new("security.capability"u8.ToArray(), Convert.FromHexString("010000030020000000000000000000000000000000000100")[..24])]));
    }

    private void AddAcls()
    {
        const uint None = uint.MaxValue;
        _tree.Folder("acls", Attributes(0x1ed));
        (int, int, uint)[] wide = [(1, 7, None), (2, 5, 1000), (2, 0, 70_000), (4, 5, None), (8, 6, 1000), (8, 1, 3_000_000_000), (16, 7, None), (32, 1, None)];
        (int, int, uint)[] narrow = [(1, 6, None), (2, 4, 1), (4, 4, None), (16, 4, None), (32, 0, None)];
        _tree.File("acls/file", Content(20, 10), Attributes(0x1f9, xattrs: [Acl("access", wide)]));
        _tree.File("acls/masked", Content(21, 10), Attributes(0x1a0, xattrs: [Acl("access", narrow)]));
        _tree.Folder("acls/default-only", Attributes(0x1ed, xattrs: [Acl("default", wide)]));
        _tree.Folder("acls/both", Attributes(0x1f9, xattrs: [Acl("access", wide), Acl("default", narrow), Text("user.also", "an attribute")]));
        _tree.Node("acls/fifo", FileKind.Fifo, 0, 0, Attributes(0x1a0, xattrs: [Acl("access", narrow)]));
        var crowd = Enumerable.Range(0, Math.Min(100, _options.XattrBytes / 12)).Select(i => (2, i % 8, (uint)(500 + i)));
        _tree.File("acls/crowd", Content(22, 10), Attributes(0x1f9, xattrs: [Acl("access", [(1, 7, None), .. crowd, (4, 5, None), (16, 7, None), (32, 1, None)])]));
    }

    private static Xattr Text(string name, string value) => new(TreeBuilder.Bytes(name), TreeBuilder.Bytes(value));

    // struct posix_acl_xattr_header (version 2) and its entries: tag, permissions, ID; ordered by tag, then ID.
    private static Xattr Acl(string which, (int Tag, int Permissions, uint Id)[] entries)
    {
        var value = new byte[4 + (8 * entries.Length)];
        value[0] = 2;
        for (var i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(4 + (8 * i)), (ushort)entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(6 + (8 * i)), (ushort)entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(8 + (8 * i)), entries[i].Id);
        }

        return new Xattr(TreeBuilder.Bytes($"system.posix_acl_{which}"), value);
    }
}
