using EtchStream.Formats.Unix;

namespace EtchStream.TestKit;

public sealed partial class HostileTree
{
    private void AddNames()
    {
        _tree.Folder("names", Attributes(0x1ed));
        string[] names =
        [
            " ", " leading", "trailing ", "two  spaces", "new\nline", "tab\tname", "carriage\rreturn", "quote'single", "quote\"double", "back\\slash",
            "\\n", "%s%n", "$HOME", "`id`", "*", "?", "[a-z]", "-rf", "--", "~", "#", "a:b", "a=b", "{}", "...", "..name", ".hidden", ".wh.whiteout",
            "CON", "grüße", "e\u0301", "\u00e9", "日本語", "😀", "\u200b", "\u202e", "a__b", "UPPER", "upper", "file.tar.gz", "lost+found",
        ];
        foreach (var name in names) _tree.File($"names/{name}", TreeBuilder.Bytes(name), Attributes(0x1a4));
        byte[][] raw = [[0xff], [0x80], [0xc3], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xe9, (byte)'t', 0xe9], [1], [0x7f], [0xfe, 0xff, 0xfe]];
        foreach (var name in raw)
        {
            _tree.File(Join("names", name), name, Attributes(0x1a4));
            _tree.Folder(Join("names", [.. "dir-"u8, .. name]), Attributes(0x1ed));
            _tree.SymbolicLink(Join("names", [.. "link-"u8, .. name]), name, Attributes(0x1ff));
        }

        // Lengths at which ustar, PAX and directory records change their form, up to NAME_MAX.
        foreach (var length in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 98, 99, 100, 101, 154, 155, 156, 254, 255])
        {
            _tree.File(Join("names", [(byte)'n', .. Repeat((byte)'x', length - 1)]), Content(length, 10), Attributes(0x1a4));
            if (length > 90) _tree.Folder(Join("names", [(byte)'d', .. Repeat((byte)'y', length - 1)]), Attributes(0x1ed));
        }

        _tree.File(Join("names", Repeat(0xfe, 255)), [], Attributes(0x1a4));
    }

    private void AddLongPath()
    {
        // Short parts make a deep tree, long parts one that is long without being deep.
        AddChain("deep-short", [(byte)'d'], _options.LongestPath / 4);
        AddChain("deep-long", Repeat((byte)'L', 250), _options.LongestPath);
    }

    private void AddChain(string top, byte[] part, int length)
    {
        var path = TreeBuilder.Bytes(top);
        _tree.Folder(path, Attributes(0x1ed));
        while (path.Length + 1 + part.Length + 10 <= length)
        {
            path = [.. path, (byte)'/', .. part];
            _tree.Folder(path, Attributes(0x1ed));
        }

        byte[] last = [.. path, (byte)'/', .. Repeat((byte)'e', length - path.Length - 1)];
        _tree.File(last, "the end"u8.ToArray(), Attributes(0x1a4));
    }

    private void AddModesAndOwners()
    {
        _tree.Folder("modes", Attributes(0x1ed));
        foreach (var mode in (int[])[0, 1, 0x49, 0x80, 0x1a4, 0x1ff, 0x200, 0x3ff, 0x400, 0x5ed, 0x800, 0x9ed, 0xe00, 0xfff])
        {
            _tree.File($"modes/file-{mode:x3}", Content(mode, 20), Attributes(mode));
            _tree.Folder($"modes/folder-{mode:x3}", Attributes(mode));
        }

        foreach (var owner in (uint[])[1, 1000, 65533, 65534, 65535, 65536, 65537, 0x10000 * 3, 2_097_151, 2_097_152, 0x7fffffff, 0x80000000, 0xfffffffe])
        {
            _tree.File($"modes/user-{owner}", Content((int)owner, 20), Attributes(0x1a4, owner));
            _tree.File($"modes/group-{owner}", Content((int)owner, 20), Attributes(0x1a4, 0, owner));
            _tree.SymbolicLink($"modes/link-{owner}", "nowhere", Attributes(0x1ff, owner, owner));
            _tree.Folder($"modes/folder-of-{owner}", Attributes(0x1c0, owner, owner));
        }
    }

    private void AddTimes()
    {
        _tree.Folder("times", Attributes(0x1ed));
        (string Name, long Seconds, int Nanoseconds)[] times =
        [
            ("1901", int.MinValue, 0), ("1901-fraction", int.MinValue + 1L, 1), ("1969", -1, 999_999_999), ("1969-half", -2, 500_000_000), ("1970", 0, 0), ("1970-ns", 0, 1),
            ("2001", 1_000_000_000, 123_456_789), ("2038", int.MaxValue, 999_999_999), ("2038-after", int.MaxValue + 1L, 0), ("2106", uint.MaxValue, 1),
            ("2106-after", uint.MaxValue + 1L, 999_999_999), ("2242", (1L << 33) - 1, 5), ("2310", (1L << 33) + int.MaxValue, 0), ("2446", 15_032_385_535, 999_999_999),
        ];
        foreach (var (name, seconds, nanoseconds) in times)
        {
            var time = new UnixTime(seconds, nanoseconds);
            _tree.File($"times/file-{name}", Content((int)seconds, 12), Attributes(0x1a4, time: time));
            _tree.Folder($"times/folder-{name}", Attributes(0x1ed, time: time));
            _tree.SymbolicLink($"times/link-{name}", name, Attributes(0x1ff, time: time));
        }
    }

    private void AddLinks()
    {
        _tree.Folder("links", Attributes(0x1ed));
        _tree.Folder("links/elsewhere", Attributes(0x1ed));
        _tree.File("links/m-original", Content(77, 5000), Attributes(0x9ed, 7, 8));
        _tree.HardLink("links/z-last", "links/m-original");
        _tree.HardLink("links/a-first", "links/m-original");
        _tree.HardLink("links/elsewhere/other-folder", "links/m-original");
        _tree.File("links/empty", [], Attributes(0x1a4));
        _tree.HardLink("links/empty-again", "links/empty");
        _tree.File("links/many", Content(78, 100), Attributes(0x1a4));
        for (var i = 0; i < 300; i++) _tree.HardLink($"links/elsewhere/many-{i:d3}", "links/many");
        _tree.SymbolicLink("links/symlink", "m-original", Attributes(0x1ff, 3, 4));
        _tree.HardLink("links/symlink-again", "links/symlink");
        // GNU tar does not store hard links of these: Payloads adds them to the archive.
        _tree.Node("links/device", FileKind.CharacterDevice, 1, 3, Attributes(0x1b6));
        _tree.Node("links/fifo", FileKind.Fifo, 0, 0, Attributes(0x1b6));

        // 59 bytes fit in the inode, 60 do not; beyond 100 tar needs a further header; 4095 is the most there can be.
        foreach (var length in (int[])[1, 2, 58, 59, 60, 61, 99, 100, 101, 255, 1000, 1023, 1024, 2047, 4095])
        {
            if (length > _options.LongestTarget) continue;
            _tree.SymbolicLink(TreeBuilder.Bytes($"links/target-{length}"), Content(length, length).Select(b => (byte)((b % 26) + 'a')).ToArray(), Attributes(0x1ff));
        }

        foreach (var target in (string[])["/", ".", "..", "/etc/passwd", "../../../../../../etc/passwd", "target-loop", "new\nline", "trailing/", "elsewhere"])
            _tree.SymbolicLink($"links/to-{target.Replace('/', '!').Replace("\n", "n", StringComparison.Ordinal)}", target, Attributes(0x1ff));
        _tree.SymbolicLink("links/target-loop", "target-loop", Attributes(0x1ff));
    }

    private void AddDevices()
    {
        _tree.Folder("devices", Attributes(0x1ed));

        // Up to 255 the kernel's old 16-bit encoding holds the number, beyond it the new one; 12 and 20 bits are the most.
        foreach (var (major, minor) in ((uint, uint)[])[(0, 0), (1, 3), (8, 1), (5, 255), (255, 255), (256, 0), (0, 256), (259, 1048575), (4095, 0), (4095, 1048575), (7, 511)])
        {
            _tree.Node($"devices/char-{major}-{minor}", FileKind.CharacterDevice, major, minor, Attributes(0x1b0, 0, 5));
            _tree.Node($"devices/block-{major}-{minor}", FileKind.BlockDevice, major, minor, Attributes(0x1b0, 0, 6));
        }

        _tree.Node("devices/whiteout", FileKind.CharacterDevice, 0, 0, Attributes(0));
        _tree.Node("devices/fifo", FileKind.Fifo, 0, 0, Attributes(0x180));
        _tree.Node("devices/fifo-setgid", FileKind.Fifo, 0, 0, Attributes(0x5a4));
    }

    private void AddFullFolders()
    {
        _tree.Folder("flat", Attributes(0x1ed));
        for (var i = 0; i < _options.FilesInOneFolder; i++)
        {
            // Most are empty, so that the folder is what is tested; names of many lengths fill its blocks unevenly.
            var name = TreeBuilder.Bytes($"flat/{i * 7919L % 1_000_003:d6}-{new string((char)('a' + (i % 26)), i % 37)}");
            _tree.File(name, i % 50 == 0 ? Content(i, i % 700) : [], Attributes(0x1a4));
        }

        _tree.Folder("folders", Attributes(0x1ed));
        for (var i = 0; i < _options.FoldersInOneFolder; i++) _tree.Folder($"folders/{i:x}", Attributes(0x1ed));
        _tree.Folder("empty-folder", Attributes(0x1c0));
    }
}
