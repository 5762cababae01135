using EtchStream.TestKit.Engine;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Layers that engines take, case by case.</summary>
internal static class LayerCases
{
    private const string Opaque = "trusted.overlay.opaque=y";

    public static IReadOnlyList<LayerCase> All { get; } = [.. Parents(), .. Marks(), .. Aliases(), .. Links(), .. HardLinks(), .. Names(), .. Roots(), .. Attributes()];

    private static LayerTar Tar() => new();

    private static LayerTar Chain(LayerTar tar, string prefix, int count)
    {
        for (var i = 0; i < count; i++) tar.Symlink($"{prefix}{i + 1}", i == 0 ? "real" : $"{prefix}{i}");
        return tar;
    }

    private static IEnumerable<LayerCase> Parents()
    {
        yield return new("parents never listed", Tar().File("p/q/x", "1", user: 77, group: 77), "p d755", "p/q d755", "p/q/x -644 77:77 size 1");
        yield return new("parents listed later", Tar().File("p/q/x").Folder("p", 700, user: 5, time: 7).Folder("p/q", 711, time: 8), "p d700 5:0 at 7", "p/q d711 at 8", "p/q/x -644");
        yield return new("parents listed before", Tar().Folder("p", 1777, time: 7).File("p/x", "1"), "p d1777 at 7", "p/x -644 size 1");
        yield return new("a setgid folder hands its bit on", Tar().Folder("p", 2775, group: 50).File("p/x").File("p/q/r/y"), "p d2775 0:50", "p/q d2755", "p/q/r d2755", "p/q/r/y -644", "p/x -644");
        yield return new("setuid and sticky bits are not handed on", Tar().Folder("p", 5777).File("p/q/y"), "p d5777", "p/q d755", "p/q/y -644");
        yield return new("an implied folder is made once", Tar().File("p/x", time: 5).File("p/y", time: 6), "p d755 at 5", "p/x -644 at 5", "p/y -644 at 6");
    }

    private static IEnumerable<LayerCase> Marks()
    {
        yield return new("a whiteout is a device without a mode", Tar().File(".wh.a", "", 644, user: 3, group: 4, time: 9), "a c000 3:4 0,0 at 9");
        yield return new("a whiteout of any kind", Tar().Folder(".wh.d/").Symlink(".wh.s", "x").File(".wh.c", "content").Xattr("user.x", "1").File(".wh.x").Link(".wh.h", "nothing"), "c c000 0,0", "d c000 0,0", "h c000 0,0", "s c000 0,0", "x c000 0,0");
        yield return new("a whiteout in a folder never listed", Tar().File("p/.wh.a"), "p d755", "p/a c000 0,0");
        yield return new("a file after the whiteout of its name", Tar().File(".wh.a").File("a", "1"), "a -644 size 1");
        yield return new("a folder after the whiteout of its name", Tar().File(".wh.d").Folder("d", 700).File("d/x").File("d/.wh..wh..opq"), $"d d700 {Opaque}", "d/x -644");
        yield return new("an opaque folder before its content", Tar().Folder("d", 711).File("d/.wh..wh..opq").File("d/x", "1"), $"d d711 {Opaque}", "d/x -644 size 1");
        yield return new("an opaque folder after its content", Tar().Folder("d").File("d/x", "1").File("d/.wh..wh..opq"), $"d d755 {Opaque}", "d/x -644 size 1");
        yield return new("an opaque folder never listed", Tar().File("p/d/.wh..wh..opq"), "p d755", $"p/d d755 {Opaque}");
        yield return new("an opaque folder listed after its mark", Tar().File("d/.wh..wh..opq").Xattr("user.q", "1").Folder("d", 700, user: 5), $"d d700 5:0 {Opaque} user.q=1");
        yield return new("an opaque mark with content", Tar().Folder("d").File("d/.wh..wh..opq", "content"), $"d d755 {Opaque}");
        yield return new("an opaque mark that is a folder", Tar().Folder("d").Folder("d/.wh..wh..opq"), $"d d755 {Opaque}");
        yield return new("an opaque mark twice", Tar().Folder("d").File("d/.wh..wh..opq", "x").File("/d/.wh..wh..opq", "yy"), $"d d755 {Opaque}");
        yield return new("an opaque root", Tar().File(".wh..wh..opq").File("a"), $"/ d755 at 0 {Opaque}", "a -644");
        yield return new("a whiteout beside an opaque mark", Tar().File("d/.wh..wh..opq").File("d/.wh.x"), $"d d755 {Opaque}", "d/x c000 0,0");
        yield return new("marks of aufs", Tar().Folder(".wh..wh.plnk").File(".wh..wh.aufs"), ".wh.aufs c000 0,0", ".wh.plnk c000 0,0");
        yield return new("a file below a mark", Tar().File(".wh..wh.plnk/1.2", "1").File(".wh.d/x"), ".wh..wh.plnk d755", ".wh..wh.plnk/1.2 -644 size 1", ".wh.d d755", ".wh.d/x -644");
        yield return new("a hard link to a whiteout's device", Tar().File(".wh.a").Link("b", "a"), "a c000 0,0 links 2", "b c000 0,0 links 2");
    }

    private static IEnumerable<LayerCase> Aliases()
    {
        yield return new("file over file", Tar().Xattr("user.z", "1").File("a", "111").File("/a", "2"), "a -644 size 1") { Replays = false };
        yield return new("empty file over file", Tar().File("a", "111").File("/a"), "a -644") { Replays = false };
        yield return new("file over empty file", Tar().File("a").File("/a", "2"), "a -644 size 1");
        yield return new("file over empty file, three spellings", Tar().File("/d/a").File("d/a").File("/d/./a", "2"), "d d755", "d/a -644 size 1");
        yield return new("one spelling twice, the second with content", Tar().File("/a").File("/a", "2"), "a -644 size 1");
        yield return new("one spelling twice, the second with content, relative", Tar().File("a").File("a", "2"), "a -644 size 1");
        yield return new("one device twice", Tar().Node("a", '3', 1, 3).Node("a", '3', 1, 5), "a c644 1,5");
        yield return new("a folder that comes back", Tar().Folder("d").File("d/x").File("/d").Folder("/../d/").File("d/x", "1"), "d d755", "d/x -644 size 1");
        yield return new("a folder that comes back, all empty", Tar().Folder("d").File("d/x").File("d").Folder("d").File("d/x"), "d d755", "d/x -644");
        yield return new("marks that come back", Tar().File("d/.wh.a").File("d/.wh..wh..opq").File("/d").Folder("d").File("d/.wh.a").File("d/.wh..wh..opq", "x"), $"d d755 {Opaque}", "d/a c000 0,0");
        yield return new("file over folder", Tar().Folder("d").File("d/e/x", "1").File("/d", "file"), "d -644 size 4") { Replays = false };
        yield return new("file over folder without content", Tar().Folder("d").File("d/e/x").File("/d", "file"), "d -644 size 4");
        yield return new("folder over file", Tar().File("d", "1").Folder("/d").File("d/x", "1"), "d d755", "d/x -644 size 1") { Replays = false };
        yield return new("folder over folder", Tar().Xattr("user.y", "1").Folder("d", 700, user: 4, time: 5).File("d/x", "1").Xattr("user.y", "2").Folder("/d", 711, time: 6), "d d711 at 6 user.y=2", "d/x -644 size 1");
        yield return new("folder over folder keeps other attributes", Tar().Xattr("user.z", "1").Folder("d").Xattr("user.y", "2").Folder("/d"), "d d755 user.y=2 user.z=1");
        yield return new("folder over opaque folder", Tar().Folder("d").File("d/.wh..wh..opq").Folder("/d", 711, time: 6), $"d d711 at 6 {Opaque}");
        yield return new("folder over symlink", Tar().Folder("real").Symlink("l", "real").Folder("/l", 700).File("l/x", "1"), "l d700", "l/x -644 size 1", "real d755");
        yield return new("folder over a symlink by which there was content", Tar().Folder("real").Symlink("l", "real").File("l/x", "1").Folder("/l", 700), "l d700", "real d755", "real/x -644 size 1") { Replays = false };
        yield return new("symlink over a folder, one spelling on both sides", Tar().File("l/x").Folder("real").Symlink("/l", "real").File("l/x", "1"), "l l777 -> real", "real d755", "real/x -644 size 1");
        yield return new("symlink over a folder, marks on both sides", Tar().File("l/.wh.x").File("l/.wh..wh..opq").Folder("real").Symlink("/l", "real").File("l/.wh.x").File("l/.wh..wh..opq"), "l l777 -> real", $"real d755 {Opaque}", "real/x c000 0,0");
        yield return new("folder over a symlink, one spelling on both sides", Tar().Folder("real").Symlink("l", "real").File("l/x").Folder("/l").File("l/x", "1"), "l d755", "l/x -644 size 1", "real d755", "real/x -644") { Replays = false };
        yield return new("file over a folder that a symlink passes", Tar().Folder("pass").Folder("real").Symlink("l", "pass/../real").File("l/x", "1").File("/pass"), "l l777 -> pass/../real", "pass -644", "real d755", "real/x -644 size 1") { Replays = false };
        yield return new("file over symlink", Tar().File("t", "orig").Symlink("a", "t").File("/a", "new!!"), "a -644 size 5", "t -644 size 4");
        yield return new("hard link over file", Tar().File("a", "1").File("b", "22").Link("/b", "a"), "a -644 size 1 links 2", "b -644 size 1 links 2") { Replays = false };
        yield return new("file over the hard link of one with content", Tar().File("a", "11").Link("b", "a").File("/b"), "a -644 size 2", "b -644");
        yield return new("file over file through a symlink", Tar().Folder("real").Symlink("l", "real").File("real/x", "111").File("l/x", "2"), "l l777 -> real", "real d755", "real/x -644 size 1") { Replays = false };
        yield return new("file over empty file through an absolute symlink", Tar().Folder("real").Symlink("l", "/real").File("/real/x").File("l/x", "2"), "l l777 -> /real", "real d755", "real/x -644 size 1");
    }

    private static IEnumerable<LayerCase> Links()
    {
        yield return new("parent is a relative symlink", Tar().Folder("real").Symlink("lnk", "real").File("lnk/x", "1").Folder("lnk/d", 711), "lnk l777 -> real", "real d755", "real/d d711", "real/x -644 size 1");
        yield return new("parent is an absolute symlink", Tar().Folder("real/sub").Symlink("lnk", "/real/sub").File("lnk/x", "1").File("lnk/deep/er/y", "22"), "lnk l777 -> /real/sub", "real d755", "real/sub d755", "real/sub/deep d755", "real/sub/deep/er d755", "real/sub/deep/er/y -644 size 2", "real/sub/x -644 size 1");
        yield return new("parent is a symlink out of the root", Tar().Folder("a").Symlink("a/lnk", "../../..").File("a/lnk/x", "1").File("a/lnk/a/y", "1"), "a d755", "a/lnk l777 -> ../../..", "a/y -644 size 1", "x -644 size 1");
        yield return new("parent is a symlink to a symlink", Tar().Folder("a/b").Symlink("a/l", "./b//").Symlink("m", "a/../a/l/.").File("m/x", "1"), "a d755", "a/b d755", "a/b/x -644 size 1", "a/l l777 -> ./b//", "m l777 -> a/../a/l/.");
        yield return new("parent of a mark is a symlink", Tar().Folder("real").Symlink("lnk", "real").File("lnk/.wh.x").File("lnk/.wh..wh..opq"), "lnk l777 -> real", $"real d755 {Opaque}", "real/x c000 0,0");
        yield return new("parent of a hard link's target is a symlink", Tar().Folder("real").File("real/x", "1").Symlink("lnk", "real").Link("h", "lnk/x"), "h -644 size 1 links 2", "lnk l777 -> real", "real d755", "real/x -644 size 1 links 2");
        yield return new("the last part is never followed", Tar().Folder("real").Symlink("lnk", "real").Symlink("lnk/lnk", "real"), "lnk l777 -> real", "real d755", "real/lnk l777 -> real");
        yield return new("a symlink that leads nowhere", Tar().Symlink("a", "/nowhere/\"").Symlink("b", "b"), "a l777 -> /nowhere/\"", "b l777 -> b");
        yield return new("forty symlinks", Chain(Tar().Folder("real"), "l", 40).File("l40/x", "1"), ["real d755", "real/x -644 size 1", .. Enumerable.Range(1, 40).Select(i => $"l{i} l777 -> {(i == 1 ? "real" : $"l{i - 1}")}")]);
        yield return new("thirty symlinks to a hard link and thirty to its target", Chain(Tar().Folder("real").File("real/x", "1"), "l", 30).Link("l30/y", "l30/x"), ["real d755", "real/x -644 size 1 links 2", "real/y -644 size 1 links 2", .. Enumerable.Range(1, 30).Select(i => $"l{i} l777 -> {(i == 1 ? "real" : $"l{i - 1}")}")]);
    }

    private static IEnumerable<LayerCase> HardLinks()
    {
        yield return new("hard links of every spelling", Tar().File("a", "1").Link("b", "a").Link("c", "/a").Link("d", "../a").Link("e", "./x/../a").Link("f/g", "b"),
            ["a -644 size 1 links 6", "b -644 size 1 links 6", "c -644 size 1 links 6", "d -644 size 1 links 6", "e -644 size 1 links 6", "f d755", "f/g -644 size 1 links 6"]);
        yield return new("hard link to a symlink", Tar().Symlink("s", "x").Link("h", "s"), "h l777 -> x links 2", "s l777 -> x links 2");
        yield return new("hard links to a FIFO and a device", Tar().Node("p", '6').Node("c", '3', 300, 70_000).Link("h", "p").Link("i", "c"), "c c644 300,70000 links 2", "h p644 links 2", "i c644 300,70000 links 2", "p p644 links 2");
        yield return new("hard link over the other name of its target", Tar().File("a", "1").Link("b", "a").Link("/b", "a"), "a -644 size 1 links 2", "b -644 size 1 links 2");
        yield return new("hard link over a folder", Tar().File("a", "1").Folder("d").File("d/x").Link("/d", "a"), "a -644 size 1 links 2", "d -644 size 1 links 2");
        yield return new("a hard link with a size", Tar().File("a", "12345").Entry(new LayerEntry("b") { Type = '1', Link = "a", Size = 5 }).File("c", "1"), "a -644 size 5 links 2", "b -644 size 5 links 2", "c -644 size 1");
    }

    private static IEnumerable<LayerCase> Names()
    {
        yield return new("absolute names", Tar().File("/etc/x", "1").Folder("/var/"), "etc d755", "etc/x -644 size 1", "var d755");
        yield return new("dot-dot inside of a name", Tar().Folder("a").File("a/../b", "1").File("c/../e", "2"), "a d755", "b -644 size 1", "e -644 size 1");
        yield return new("doubled slashes and dots", Tar().File("a//b", "1").File("a/./c", "2").File("./d", "3"), "a d755", "a/b -644 size 1", "a/c -644 size 1", "d -644 size 1");
        yield return new("dot-dot at an absolute name's root", Tar().File("/../x", "1").File("/a/../../y", "1"), "x -644 size 1", "y -644 size 1");
        yield return new("a slash at the end", Tar().Symlink("s/", "t").Entry(new LayerEntry("d/") { Type = '\0', Mode = 711 }), "d d711", "s l777 -> t");
        yield return new("names that JSON escapes", Tar().File("quote\"\\<>&'", "1").File("line\nend\r\t\b\u2028", "2"), "line\nend\r\t\b\u2028 -644 size 1", "quote\"\\<>&' -644 size 1");
    }

    private static IEnumerable<LayerCase> Roots()
    {
        yield return new("./ gives only its time", Tar().Xattr("user.q", "1").Folder("./", 700, user: 5, group: 6, time: 123).File("./a"), "/ d755 at 123", "a -644");
        yield return new("a/.. gives only its time", Tar().Folder("a/..", 700, user: 3, time: 4), "/ d755 at 4");
        yield return new("/ gives everything", Tar().Xattr("user.q", "1").Folder("/", 711, user: 5, group: 6, time: 123).File("/a"), "/ d711 5:6 at 123 user.q=1", "a -644");
        yield return new("/.. gives everything", Tar().Folder("/..", 700, user: 3), "/ d700 3:0");
        yield return new("./ that is no folder is passed over", Tar().Symlink(".", "x").File("./", "content").Link("a/..", "nowhere").File("a", "1"), "a -644 size 1");
        yield return new("both roots", Tar().Folder("/", 711).Folder("./", 700, time: 8).File(".wh..wh..opq").Folder("/.", 722), $"/ d722 {Opaque}");
    }

    private static IEnumerable<LayerCase> Attributes()
    {
        yield return new("attributes that engines take", Tar().Pax(("SCHILY.xattr.user.a", "1"u8.ToArray()), ("SCHILY.xattr.trusted.b", "2"u8.ToArray()), ("SCHILY.xattr.security.capability", "3"u8.ToArray()), ("SCHILY.xattr.security.selinux", "4"u8.ToArray())).File("f"),
            "f -644 security.capability=3 security.selinux=4 trusted.b=2 user.a=1");
        yield return new("an empty value is no attribute", Tar().Xattr("user.a", "").File("f"), "f -644");
        yield return new("attributes of unknown spaces", Tar().Pax(("SCHILY.xattr.foo.a", "1"u8.ToArray()), ("SCHILY.xattr.com.apple.x", "2"u8.ToArray()), ("SCHILY.xattr.user.", "3"u8.ToArray()), ("SCHILY.xattr.user", "3"u8.ToArray()), ("SCHILY.xattr.system.x", "3"u8.ToArray())).File("f"), "f -644");
        yield return new("user attributes of what cannot have them", Tar().Xattr("user.a", "1").Symlink("s", "t").Xattr("user.a", "1").Node("p", '6').Xattr("user.a", "1").Folder("d"), "d d755 user.a=1", "p p644", "s l777 -> t");
        yield return new("trusted attributes of a symlink", Tar().Xattr("trusted.a", "1").Symlink("s", "t"), "s l777 -> t trusted.a=1");
        yield return new("attributes in the form of libarchive", Tar().Pax("LIBARCHIVE.xattr.user.a", "MQ").File("f"), "f -644");
        yield return new("ACLs as text", Tar().Pax("SCHILY.acl.access", "user::rwx,group::r-x,other::r-x").File("f"), "f -644");
        yield return new("the opaque attribute itself", Tar().Xattr("trusted.overlay.opaque", "y").Folder("d"), $"d d755 {Opaque}");
        yield return new("a symlink's mode is the kernel's", Tar().Entry(new LayerEntry("s") { Type = '2', Link = "t", Mode = 600 }), "s l777 -> t");
        yield return new("set bits", Tar().File("f", mode: 4755).File("g", mode: 7777), "f -4755", "g -7777");
        yield return new("owners of 32 bits", Tar().File("f", user: uint.MaxValue - 1, group: 1 << 30), "f -644 4294967294:1073741824");
        yield return new("devices", Tar().Node("c", '3', 1, 3, 666).Node("b", '4', 259, 1_000_000, 660, user: 8).Node("z", '3', mode: 0), "b b660 8:0 259,1000000", "c c666 1,3", "z c000 0,0");
    }
}
