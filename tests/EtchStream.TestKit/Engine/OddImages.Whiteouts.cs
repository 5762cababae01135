namespace EtchStream.TestKit.Engine;

public static partial class OddImages
{
    private static IEnumerable<EngineImage> Whiteouts()
    {
        const string Exists = "S_IFCHR, 0): file exists";
        yield return Accepted("whiteouts with owner, in listed and unlisted folders", Tar().File(".wh.gone", "", 640, user: 3, group: 4).Folder("d").File("d/.wh.a").File("no/where/.wh.b", "", user: 9));
        yield return Accepted("whiteout with content", Tar().File(".wh.gone", "data").File("a", "z"), replays: false);
        yield return Accepted("whiteouts that are a folder, symlink and hard link", Tar().Folder(".wh.d").Symlink(".wh.s", "x").File("a", "1").Link(".wh.h", "a"));
        yield return Accepted("whiteout with an xattr", Tar().Xattr("trusted.q", "1").File(".wh.a", "", user: 9));
        yield return Accepted("whiteout before a file of the name", Tar().File(".wh.a").File("a", "1"));
        yield return Accepted("whiteout before a folder of the name", Tar().File(".wh.d").Folder("d").File("d/.wh..wh..opq").File("d/x", "1"));
        yield return Refused("whiteout after a file of the name", Exists, Tar().File("a", "1").File(".wh.a"));
        yield return Refused("whiteout after a folder of the name", Exists, Tar().Folder("d").File("d/x", "1").File(".wh.d"));
        yield return Refused("same whiteout twice", Exists, Tar().File(".wh.a").File(".wh.a"));
        yield return Refused("whiteout of no name", Exists, Tar().File(".wh."));
        yield return Refused("whiteout of dot-dot", Exists, Tar().Folder("d").File("d/.wh..."));
        yield return Accepted("names that aufs uses", Tar().Folder(".wh..wh.plnk", 700).File(".wh..wh.plnk/1.2", "pl").File(".wh..wh.aufs").Folder(".wh..wh.orph").Link("h", ".wh..wh.plnk/1.2").File("sub/.wh..wh.foo"));
        yield return Accepted("names that aufs uses, with content", Tar().File(".wh..wh.aufs", "zz"), replays: false);
        yield return Accepted("entries below a whiteout", Tar().Folder(".wh.d").File(".wh.d/x", "1"));
        yield return Accepted("hard link to what a whiteout is made as", Tar().File(".wh.a").Link("b", "a", 600));
        yield return Refused("hard link to a whiteout's own name", "link /.wh.a /b: no such file or directory", Tar().File(".wh.a").Link("b", ".wh.a"));
        yield return Accepted("a device that is a whiteout", Tar().Node("w", '3', mode: 0, time: 77));
    }

    private static IEnumerable<EngineImage> Opaques()
    {
        yield return Accepted("opaque folder, marker first", Tar().Folder("d", 750, user: 7).File("d/.wh..wh..opq").File("d/x", "1").File("d/.wh.y"));
        yield return Accepted("opaque folder, marker last", Tar().Folder("d").File("d/x", "1").File("d/.wh..wh..opq"));
        yield return Accepted("opaque folder that is never listed", Tar().File("e/d/.wh..wh..opq"));
        yield return Accepted("opaque folder that is listed after", Tar().File("d/.wh..wh..opq").Folder("d", 700, time: 9));
        yield return Accepted("opaque root", Tar().File(".wh..wh..opq").File("a", "1"));
        yield return Accepted("opaque marker that is a folder", Tar().Folder("e").Folder("e/.wh..wh..opq"));
        yield return Accepted("opaque marker with content", Tar().File("d/.wh..wh..opq", "hello"), replays: false);
        yield return Accepted("opaque by its attribute", Tar().Xattr("trusted.overlay.opaque", "y").Folder("d"));
    }

    private static IEnumerable<EngineImage> HardLinks()
    {
        yield return Accepted("hard links to all kinds", Tar().File("a", "1").Link("h", "a").Symlink("s", "t").Link("hs", "s", 600, user: 9, time: 77)
            .Node("p", '6').Link("hp", "p").Node("c", '3', 1, 3).Link("hc", "c", 666, time: 5));
        yield return Accepted("hard link with other metadata than its target", Tar().File("a", "1", 600, user: 1, group: 2, time: 5).Link("h", "a", 4755, user: 3, group: 4, time: 9));
        yield return Accepted("hard link targets in all spellings", Tar().File("d/a", "1").Link("h1", "/d/a").Link("h2", "./d/a").Link("h3", "../d/a").Link("h4", "d//a").Link("h5", "d/./a").Link("h6", "x/../d/a"));
        yield return Accepted("capability on the target only", Tar().Xattr("security.capability", Capability).File("a", "1", 755).Link("h", "a", 755));
        yield return Accepted("capability on the hard link only", Tar().File("a", "1", 755).Xattr("security.capability", Capability).Link("h", "a", 755));
        yield return Accepted("capability on target and hard link", Tar().Xattr("security.capability", Capability).File("a", "1", 755).Xattr("security.capability", Capability).Link("h", "a", 755));
        yield return Accepted("other xattrs on target and hard link", Tar().Xattr("user.a", "1").File("a", "1").Xattr("user.b", "2").Link("h", "a"));
        yield return Accepted("hard link with a size", Tar().File("a", "1").Entry(new LayerEntry("h") { Type = '1', Link = "a", Size = 5 }).File("b", "2"), replays: false);
        yield return Refused("hard link before its target", "link /a /h: no such file or directory", Tar().Link("h", "a").File("a", "1"));
        yield return Refused("hard link without a target", "link /nope /h: no such file or directory", Tar().Link("h", "nope"));
        yield return Refused("hard link to a folder", "link /d /h: operation not permitted", Tar().Folder("d").Link("h", "d"));
    }
}
