using EtchStream.Formats.Unix;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>What a kernel does to a file system before it is our turn.</summary>
internal static class Pasts
{
    /// <summary>Writes small files until it is nearly full and removes every eighth: the free space lies in thousands of short runs.</summary>
    public static void FillAndFragment(string root)
    {
        using var tree = new TreeBuilder(root);
        var names = new List<byte[]>();
        var drive = new DriveInfo(root);
        var room = drive.AvailableFreeSpace;
        var floor = room / 50;
        for (var i = 0; room > floor; i++)
        {
            if (i % 1000 == 0) tree.Folder($"old-{i / 1000}");
            var length = 4096 * (1 + (i * 7 % 8));
            names.Add(TreeBuilder.Bytes($"old-{i / 1000}/{i}"));
            tree.File(names[^1], [(byte)i, .. new byte[length - 1]]);
            room -= length + 300;
            if (i % 200 == 0) room = Math.Min(room, drive.AvailableFreeSpace);
        }

        HostTool.RunOk("sync", "-f", root);
        for (var i = 0; i < names.Count; i += 8) tree.Remove(names[i]);
    }

    /// <summary>Makes large folders, deep trees, and objects of every kind in the places where the hostile tree has others.</summary>
    public static void Use(string root)
    {
        using var tree = new TreeBuilder(root);

        // A folder of several thousand names, half of them gone again: an index with half-empty leaves. The payload adds to it.
        tree.Folder("flat");
        for (var i = 0; i < 4_000; i++) tree.File($"flat/old-{i}", []);
        for (var i = 0; i < 4_000; i += 2) tree.Remove(TreeBuilder.Bytes($"flat/old-{i}"));

        // One that is only looked at, one that has lost almost all, and many that hold one or two (inline_data keeps them in the inode).
        tree.Folder("kept");
        for (var i = 0; i < 3_000; i++) tree.File($"kept/{i}-{new string('k', i % 90)}", i % 100 == 0 ? [1, 2, 3] : []);
        tree.Folder("emptied");
        for (var i = 0; i < 1_000; i++) tree.File($"emptied/{i}", []);
        for (var i = 1; i < 1_000; i++) tree.Remove(TreeBuilder.Bytes($"emptied/{i}"));
        tree.Folder("folders");
        for (var i = 0; i < 200; i++)
        {
            tree.Folder($"folders/{i:x}");
            for (var k = 0; k < i % 6; k++) tree.File($"folders/{i:x}/inner-{k}", new byte[k * 40]);
        }

        var deep = TreeBuilder.Bytes("deep-short");
        for (var i = 0; i < 200; i++, deep = [.. deep, .. "/d"u8]) tree.Folder(deep);

        // Where the payload brings regular files: all that can stand in their place.
        tree.Folder("sizes");
        tree.File("sizes/0000000", new byte[300_000]);
        tree.File("sizes/0000001", Enumerable.Repeat((byte)3, 60).ToArray());
        tree.File("sizes/0000059"u8, 40 << 20, Enumerable.Range(0, 900).Select(i => (i * 40_000L, new byte[] { 1 })));
        tree.SymbolicLink("sizes/0000060", "short");
        tree.SymbolicLink("sizes/0000061", new string('x', 900));
        tree.Node("sizes/0000100", FileKind.CharacterDevice, 1, 3);
        tree.Node("sizes/0000150", FileKind.Fifo);
        tree.File("sizes/0000156", [1], new UnixAttributes { Mode = 0x180, Xattrs = [new("user.small"u8.ToArray(), [1])] });
        tree.File("sizes/0000157", [1], new UnixAttributes { Mode = 0x180, Xattrs = [new("user.large"u8.ToArray(), new byte[700])] });
        tree.File("sizes/0000160", [1, 2, 3]);
        tree.HardLink("kept/second-name", "sizes/0000160");

        // And where it brings links, devices and hard links: regular files.
        tree.Folder("links");
        tree.File("links/a-first", new byte[50_000]);
        tree.HardLink("links/m-original", "links/a-first");
        tree.HardLink("kept/third-name", "links/a-first");
        tree.File("links/symlink", [1]);
        tree.File("links/target-1000", new byte[5000]);
        tree.Folder("devices");
        tree.File("devices/whiteout", [1]);
        tree.Folder("xattrs");
        for (var i = 0; i < 20; i++)
            tree.File($"xattrs/same-{i}", [1], new UnixAttributes { Mode = 0x180, Xattrs = [new("user.shared"u8.ToArray(), Enumerable.Repeat((byte)'s', 500).ToArray())] });
        for (var i = 0; i < 5; i++)
            tree.File($"kept/shares-{i}", [1], new UnixAttributes { Mode = 0x180, Xattrs = [new("user.shared"u8.ToArray(), Enumerable.Repeat((byte)'s', 500).ToArray())] });
    }
}
