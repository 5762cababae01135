using System.Text;

namespace EtchStream.TestKit.Engine;

public static partial class OddImages
{
    private static IEnumerable<EngineImage> Names()
    {
        yield return Accepted("names that JSON escapes", Tar().File("quote\"\\<>&'", "1").File("tab\t", "2").File("line\nend\r", "3")
            .File("\b\f\u0001\u001f\u007f", "4").File("\u2028\u2029", "5").File("ümläut-😀", "6").File("percent%/", "").File("\ufffd", "7"));
        yield return Accepted("names that are not UTF-8", Tar()
            .Entry(new LayerEntry([0xff, 0xfe]), "1"u8).Entry(new LayerEntry([(byte)'o', 0xc3]), "2"u8).Entry(new LayerEntry([0xed, 0xa0, 0x80]), "3"u8)
            .Entry(new LayerEntry([0xff, (byte)'d', (byte)'/']) { Type = '5', Mode = 755 })
            .Entry(new LayerEntry([0xff, (byte)'d', (byte)'/', 0xf8]), "4"u8)
            .Entry(new LayerEntry([0xfa]) { Type = '2', LinkBytes = [0xfe] })
            .Entry(new LayerEntry([0xfb]) { Type = '1', LinkBytes = [0xfa] })
            .Pax(("path", [0xff, 10, (byte)'x'])).File("a", "5"));
        yield return Accepted("absolute names", Tar().File("/etc/x", "1").Folder("/var/"));
        yield return Accepted("dot-dot inside a name", Tar().Folder("a").File("a/../b", "1").File("c/../e", "2"));
        yield return Accepted("doubled slashes and dots inside a name", Tar().File("a//b", "1").File("a/./c", "2"));
        yield return Accepted("dot-dot out of the root", Tar().File("../x", "1"), replays: false).Packed(7);
        yield return Accepted("dot-dot out of the root after a folder", Tar().File("a/../../x", "1"), replays: false).Packed(7);
        yield return Accepted("dot-dot out of the root, absolute", Tar().File("/../x", "1"), replays: false);
        yield return Accepted("an empty name with content", Tar().File("", "1"), replays: false).Packed(3);
        yield return Accepted("parents never listed", Tar().File("p/q/x", "1", user: 77, group: 77));
        yield return Accepted("parents listed after their content", Tar().File("p/q/x", "1").Folder("p", 700, user: 5, time: 7).Folder("p/q", 711, time: 8));
        yield return Accepted("parents listed before their content", Tar().Folder("p", time: 7).Folder("p/q", time: 8).File("p/q/x", "1").Symlink("p/y", "z"));
        yield return Accepted("parents not listed below a setgid folder", Tar().Folder("p", 2775, group: 50).File("p/x", "1").File("p/q/y", "2"));
        yield return Accepted("GNU long name and long link", LongLink(Tar(), 'L', new string('n', 150)).File(new string('n', 100), "1")
            .Raw(LongLink(Tar(), 'K', new string('t', 250)).ToArray()).Symlink("s", new string('t', 100)));
        yield return Accepted("PAX path and linkpath", Tar().Pax("path", $"{new string('d', 200)}/{new string('f', 255)}").File("a", "1").Pax("linkpath", new string('t', 2000)).Symlink("s", "x"));
        yield return Accepted("ustar prefix", Tar().Entry(new LayerEntry("b") { Prefix = "pp/qq" }, "1"u8));
        yield return Accepted("header without a magic", Tar().Entry(new LayerEntry("a") { Magic = "\0\0\0\0\0\0\0\0" }, "1"u8));
        yield return Refused("a name too long for a file system", "file name too long", LongLink(Tar(), 'L', new string('n', 300)).File(new string('n', 100), "1")).Packed(4);
        yield return Refused("a symlink without a target", "symlink  /s: no such file or directory", Tar().Symlink("s", ""));
        yield return Refused("a symlink target too long", "file name too long", Tar().Pax("linkpath", new string('t', 5000)).Symlink("s", "x"));
    }

    private static IEnumerable<EngineImage> Roots()
    {
        yield return Accepted("root entry ./ with attributes, first", Tar().Folder("./", 700, user: 5, group: 6, time: 123_456).File("./a", "hi"));
        yield return Accepted("root entry ./ with attributes, last", Tar().File("a", "hi").Folder("./", 700, user: 5, group: 6, time: 123_456));
        yield return Accepted("root entry . with an xattr", Tar().Xattr("user.q", "1").Folder(".", 711, user: 5));
        yield return Accepted("root entry ./. with attributes", Tar().Folder("./.", 700).File("a", "1"));
        yield return Accepted("root entry a/.. with attributes", Tar().Folder("a").Folder("a/..", 700, user: 3));
        yield return Refused("root entry in two spellings", Duplicate, Tar().Folder("./", 700).Folder(".", 711).File("a", "1")).Packed(0);
        yield return Accepted("root entry / with attributes", Tar().Xattr("user.q", "1").Folder("/", 711, user: 5, group: 6, time: 123_456).File("/a", "hi"));
        yield return Accepted("root entry /. with attributes", Tar().Folder("/.", 700, time: 5));
        yield return Accepted("root entry .. with attributes", Tar().Folder("..", 700, user: 3).File("a", "1")).Packed(7);
        yield return Accepted("root entry that is a symlink", Tar().Symlink(".", "x"));
        yield return Accepted("root entry that is a file", Tar().File("./", "1"), replays: false);
    }

    private static IEnumerable<EngineImage> Duplicates()
    {
        yield return Refused("same file twice", Duplicate, Tar().File("a", "1").File("a", "2", 600, user: 5)).Packed(0);
        yield return Refused("same file twice with the same content", Duplicate, Tar().File("a", "11").File("a", "11")).Packed(0);
        yield return Refused("same file in two spellings", Duplicate, Tar().File("a", "1").File("./a", "2")).Packed(0);
        yield return Refused("same file by way of dot-dot", Duplicate, Tar().File("a", "1").Folder("d").File("d/../a", "2")).Packed(0);
        yield return Refused("same folder twice", Duplicate, Tar().Folder("d", 700, user: 3, time: 5).File("d/x", "1").Folder("d/", 711, time: 6)).Packed(0);
        yield return Refused("folder replaced by a file", Duplicate, Tar().Folder("d").File("d/x", "1").File("d", "file")).Packed(0);
        yield return Refused("file replaced by a folder", Duplicate, Tar().File("d", "file").Folder("d").File("d/x", "1")).Packed(0);
        yield return Refused("symlink replaced by a folder", Duplicate, Tar().Folder("real").Symlink("d", "real").Folder("d", 700)).Packed(0);
        yield return Refused("hard link over a file", Duplicate, Tar().File("a", "1").File("b", "2").Link("b", "a")).Packed(0);
        yield return Refused("file where a parent is a file", "not a directory", Tar().File("d", "file").File("d/x", "1"));
    }

    private static IEnumerable<EngineImage> Aliases()
    {
        // The engine compares names to find what is listed twice, and does not know that these name the same thing.
        yield return Accepted("file over a file by its absolute name", Tar().Xattr("user.z", "1").File("a", "111").File("/a", "2"), replays: false);
        yield return Accepted("file over a folder by its absolute name", Tar().Folder("d").File("d/e/x", "1").File("/d", "file"), replays: false);
        yield return Accepted("folder over a file by its absolute name", Tar().File("d", "1").Folder("/d").File("d/x", "1"), replays: false);
        yield return Accepted("folder over a folder by its absolute name", Tar().Xattr("user.z", "1").Folder("d", 700, user: 4, time: 5).File("d/x", "1").Xattr("user.y", "2").Folder("/d", 711, time: 6));
        yield return Accepted("folder over an opaque folder by its absolute name", Tar().Folder("d").File("d/.wh..wh..opq").Folder("/d", 711, time: 6));
        yield return Accepted("folder over a symlink by its absolute name", Tar().Folder("real").Symlink("l", "real").Folder("/l", 700).File("l/x", "1"));
        yield return Accepted("file over a symlink by its absolute name", Tar().File("t", "orig").Symlink("a", "t").File("/a", "new!"));
        yield return Accepted("hard link over a file by its absolute name", Tar().File("a", "1").File("b", "22").Link("/b", "a"), replays: false);
        yield return Refused("symlink over a folder by its absolute name", "chtimes /d: no such file or directory", Tar().Folder("d").File("d/x", "1").Symlink("/d", "q")).Packed(0);
        yield return Refused("hard link to itself by its absolute name", "link /a /a: no such file or directory", Tar().File("a", "1").Link("/a", "a"));
        yield return Accepted("file over a file through a symlink", Tar().Folder("real").Symlink("l", "real").File("real/x", "111").File("l/x", "2"), replays: false);
    }

    private static IEnumerable<EngineImage> SymlinkedParents()
    {
        yield return Accepted("parent is a relative symlink", Tar().Folder("real").Symlink("lnk", "real").File("lnk/x", "1").Folder("lnk/d", 711, time: 9));
        yield return Accepted("parent is an absolute symlink", Tar().Folder("real/sub").Symlink("lnk", "/real/sub").File("lnk/x", "1").Folder("lnk/new", 711).File("lnk/deep/er/y", "2"), replays: false);
        yield return Accepted("parent is a symlink out of the root", Tar().Folder("a").Symlink("a/lnk", "../../..").File("a/lnk/x", "1"), replays: false);
        yield return Accepted("parent of a whiteout is a symlink", Tar().Folder("real").Symlink("lnk", "real").File("lnk/.wh.x"));
        yield return Accepted("parent of an opaque marker is a symlink", Tar().Folder("real").Symlink("lnk", "real").File("lnk/.wh..wh..opq"));
        yield return Accepted("parent of a hard link's target is a symlink", Tar().Folder("real").File("real/x", "1").Symlink("lnk", "real").Link("h", "lnk/x"));
        yield return Refused("parent is a dangling symlink", "open /lnk/x: no such file or directory", Tar().Symlink("lnk", "nowhere").File("lnk/x", "1"));
        yield return Refused("parent is a symlink to a folder of the host", "open /lnk/x: no such file or directory", Tar().Symlink("lnk", "/etc").File("lnk/x", "1"));
    }

    private static LayerTar LongLink(LayerTar tar, char type, string name) =>
        tar.Entry(new LayerEntry("././@LongLink") { Type = type, Mode = 0, Time = 0, Magic = "ustar  \0" }, Encoding.UTF8.GetBytes(name + "\0"));
}
