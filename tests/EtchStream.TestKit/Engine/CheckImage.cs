namespace EtchStream.TestKit.Engine;

/// <summary>An image whose containers tell from inside what their root file system looks like.</summary>
public static class CheckImage
{
    /// <summary>The image's name.</summary>
    public const string Name = "checked from inside";

    // Over what it takes to run at all: whatever is printed depends on the layers alone.
    private const string Script = """
        cd /t
        echo hidden: $(ls -A hidden)
        echo back: $(ls -A hidden/back)
        echo opaque: $(ls -A opaque)
        cat kind
        stat -c '%n %F %a %u:%g' kind hidden opaque modes/* owners/* nodes/*
        stat -c '%n %s %y' times/*
        stat -c '%n links %h' links/a links/deep/b links/symlink
        [ $(stat -c %i links/a) = $(stat -c %i links/deep/b) ] && echo links/a and links/deep/b are one
        readlink links/symlink
        cat links/symlink/../a
        cat names/n* "names/ümläut-😀" "names/a blank, a quote \" and a \\" names/d*/d*/d*/f*
        for name in names/n*; do echo ${#name}; done
        echo 1 > nodes/null && wc -c < nodes/null
        id -u
        /bin/cat secret 2> /dev/null || echo no secret for cat
        /t/capable/cat secret

        """;

    /// <summary>What <see cref="Command"/> prints when run by <see cref="User"/>.</summary>
    public const string Transcript = """
        hidden: back kept
        back: new
        opaque: new
        a file now
        kind regular file 640 1000:7
        hidden directory 755 5:6
        opaque directory 755 0:0
        modes/closed directory 700 0:0
        modes/setgid directory 2775 0:50
        modes/setuid regular empty file 4755 7:0
        modes/sticky directory 1777 0:0
        owners/big regular empty file 644 3000000:4000000000
        owners/file regular empty file 644 1000:70000
        nodes/block block special file 660 0:6
        nodes/fifo fifo 622 0:0
        nodes/null character special file 666 0:0
        times/file 5 2020-09-13 12:26:40.123456789 +0000
        times/late 0 2200-01-01 00:00:00.000000000 +0000
        links/a links 2
        links/deep/b links 2
        links/symlink links 1
        links/a and links/deep/b are one
        deep
        linked
        long
        unicode
        odd
        deep
        261
        0
        1000
        no secret for cat
        secret

        """;

    /// <summary>The user that the check is written for; not root.</summary>
    public const string User = "1000:1000";

    /// <summary>The command that checks.</summary>
    public static IReadOnlyList<string> Command { get; } = ["/bin/sh", "/check"];

    // struct vfs_cap_data, revision 2: cap_dac_override is permitted and, with the first word's lowest bit, effective.
    private static readonly byte[] MayReadAll = Convert.FromHexString("0100000202000000000000000000000000000000");

    /// <summary>Makes it of the host's busybox, in three layers.</summary>
    public static EngineImage Make()
    {
        var busybox = File.ReadAllBytes(HostPackages.Find("busybox")!);
        return new EngineImage(Name, EngineLayer.Gzip(Base(busybox).End()), EngineLayer.Gzip(Second(busybox).End()), EngineLayer.Gzip(Third().End()));
    }

    private static LayerTar Base(byte[] busybox)
    {
        var tar = new LayerTar().Entry(new LayerEntry("bin/busybox") { Mode = 755 }, busybox);
        foreach (var command in (string[])["sh", "ls", "cat", "stat", "readlink", "wc", "id", "echo", "test", "["]) tar.Symlink($"bin/{command}", "busybox");
        tar.File("check", Script, 755).Folder("t").File("t/secret", "secret\n", 600)
            .File("t/hidden/gone", "1").File("t/hidden/kept", "1").File("t/hidden/folder/x", "1").File("t/hidden/back/old", "1")
            .File("t/opaque/old", "1").File("t/opaque/sub/old", "1").File("t/kind/x", "1")
            .File("t/modes/setuid", "", 4755, user: 7).Folder("t/modes/setgid", 2775, group: 50).Folder("t/modes/sticky", 1777).Folder("t/modes/closed", 700)
            .File("t/owners/file", "", user: 1000, group: 70_000).File("t/owners/big", "", user: 3_000_000, group: 4_000_000_000)
            .Node("t/nodes/null", '3', 1, 3, 666).Node("t/nodes/fifo", '6', mode: 622).Entry(new LayerEntry("t/nodes/block") { Type = '4', Major = 7, Minor = 300, Mode = 660, Group = 6 })
            .Pax("mtime", "1600000000.123456789").File("t/times/file", "12345").File("t/times/late", "", time: 7_258_118_400)
            .File("t/links/a", "linked\n").Folder("t/links/deep").Link("t/links/deep/b", "t/links/a").Symlink("t/links/symlink", "deep");
        var folder = new string('d', 250);
        return tar.Pax("path", $"t/names/{new string('n', 255)}").File("x", "long\n").File("t/names/ümläut-😀", "unicode\n").File("t/names/a blank, a quote \" and a \\", "odd\n")
            .Pax("path", $"t/names/{folder}/{folder}/{folder}/{new string('f', 250)}").File("x", "deep\n");
    }

    private static LayerTar Second(byte[] busybox) => new LayerTar()
        .Folder("t/hidden", 755, user: 5, group: 6).File("t/hidden/.wh.gone").File("t/hidden/.wh.folder").File("t/hidden/.wh.back")
        .File("t/opaque/.wh..wh..opq").File("t/opaque/new", "1").File("t/kind", "a file now\n", 640, user: 1000, group: 7)
        .Xattr("security.capability", MayReadAll).Entry(new LayerEntry("t/capable/cat") { Mode = 755 }, busybox);

    // Engines list the folders on the way, as they are below, too.
    private static LayerTar Third() => new LayerTar().Folder("t").Folder("t/hidden", 755, user: 5, group: 6).Folder("t/hidden/back").File("t/hidden/back/new");
}
