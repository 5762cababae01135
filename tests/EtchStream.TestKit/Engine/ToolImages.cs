using System.Formats.Tar;
using System.IO.Compression;
using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

/// <summary>One tree as layers written by the programs that people build images with.</summary>
public static class ToolImages
{
    /// <summary>GNU tar in three formats, bsdtar, umoci and .NET; each as an image of one layer.</summary>
    public static IReadOnlyList<EngineImage> All()
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        MakeTree(tree, fractions: true, everything: true);
        var plain = folder.MakeFolder("plain");
        MakeTree(plain, fractions: false, everything: false);
        var fractions = folder.MakeFolder("fractions");
        MakeTree(fractions, fractions: true, everything: false);
        return
        [
            Image("layer by GNU tar, gnu", GnuTar("--format=gnu", tree)),
            Image("layer by GNU tar, posix with xattrs", GnuTar("--format=posix", tree, "--xattrs", "--xattrs-include=*")),
            Image("layer by GNU tar, posix without times of access", GnuTar("--format=posix", tree, "--pax-option=delete=atime,delete=ctime")),
            Image("layer by GNU tar, ustar", GnuTar("--format=ustar", plain)),
            Image("layer by bsdtar, pax", BsdTar("pax", tree)),
            Image("layer by bsdtar, gnutar", BsdTar("gnutar", tree)),
            Image("layer by umoci", Umoci(tree)),
            Image("layer as Go writes it, with PAX records only where they are needed", DotNet(fractions)),
        ];
    }

    private static EngineImage Image(string name, byte[] tar) => new(name, EngineLayer.Gzip(tar));

    private static byte[] GnuTar(string format, string tree, params string[] more)
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("tar", ["-c", "-f", folder["layer.tar"], format, "--numeric-owner", "--sort=name", .. more, "-C", tree, "."]);
        return File.ReadAllBytes(folder["layer.tar"]);
    }

    private static byte[] BsdTar(string format, string tree)
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("bsdtar", "-c", "-f", folder["layer.tar"], "--format", format, "--numeric-owner", "-C", tree, ".");
        return File.ReadAllBytes(folder["layer.tar"]);
    }

    private static byte[] Umoci(string tree)
    {
        using var folder = new TemporaryFolder();
        var layout = folder["layout"];
        HostTool.RunOk("umoci", "init", "--layout", layout);
        HostTool.RunOk("umoci", "new", "--image", $"{layout}:t");
        HostTool.RunOk("umoci", "insert", "--image", $"{layout}:t", tree, "/data");

        // The only blob that is gzip is the layer; all others are JSON.
        var blob = Directory.GetFiles(Path.Combine(layout, "blobs", "sha256")).Single(IsGzip);
        using var gzip = new GZipStream(File.OpenRead(blob), CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        return tar.ToArray();
    }

    // As Go's archive/tar does it: ustar, and a PAX header only for what ustar does not hold, fractions of a second among it.
    private static byte[] DotNet(string tree)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(tree, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var name = Path.GetRelativePath(tree, path);
                var info = new FileInfo(path);
                var isFolder = (info.Attributes & FileAttributes.Directory) != 0 && info.LinkTarget is null;
                var type = isFolder ? TarEntryType.Directory : info.LinkTarget is not null ? TarEntryType.SymbolicLink : TarEntryType.RegularFile;
                Write(writer, isFolder ? $"{name}/" : name, type, info);
            }
        }

        return bytes.ToArray();
    }

    private static void Write(TarWriter writer, string name, TarEntryType type, FileInfo info)
    {
        var time = new DateTimeOffset(info.LastWriteTimeUtc);
        var records = new Dictionary<string, string>(StringComparer.Ordinal);
        if (time.Ticks % TimeSpan.TicksPerSecond != 0) records["mtime"] = $"{time.ToUnixTimeSeconds()}.{time.Ticks % TimeSpan.TicksPerSecond:d7}";
        TarEntry entry = records.Count > 0 || name.Length > 100 ? new PaxTarEntry(type, name, records) : new UstarTarEntry(type, name);
        entry.ModificationTime = time;
        entry.Mode = (UnixFileMode)0x1ed;
        if (type == TarEntryType.SymbolicLink) entry.LinkName = info.LinkTarget!;
        using var content = type == TarEntryType.RegularFile ? info.OpenRead() : null;
        if (content is not null) entry.DataStream = content;
        writer.WriteEntry(entry);
    }

    private static void MakeTree(string root, bool fractions, bool everything)
    {
        using var tree = new TreeBuilder(root);
        tree.Folder([], Attributes(0x1ed));
        tree.Folder("files", Attributes(0x1ed));
        foreach (var size in (int[])[0, 1, 511, 512, 513, 10_240, 100_000]) tree.File($"files/{size}", Content(size), Attributes(0x1a4, nanoseconds: fractions ? 123_456_700 : 0));
        tree.File("files/setuid", Content(7), Attributes(0x9ed, user: 1000));
        tree.HardLink("files/link-to-setuid", "files/setuid");
        tree.Folder("sticky", Attributes(0x3ff, user: 7));
        tree.SymbolicLink("symlink", "files/1", Attributes(0x1ff, nanoseconds: fractions ? 500_000_000 : 0));
        tree.SymbolicLink("absolute", "/nowhere/at/all", Attributes(0x1ff));
        tree.File($"files/{new string('n', 90)}", Content(3), Attributes(0x1a4));
        if (!everything) return;
        tree.File($"files/{new string('n', 200)}", Content(3), Attributes(0x1a4));
        tree.SymbolicLink("long-link", new string('t', 300), Attributes(0x1ff));
        tree.File("files/ümläut-😀", Content(4), Attributes(0x1a4, user: 3_000_000));
        tree.File("files/capability", Content(5), Attributes(0x1ed, xattrs: [new("security.capability"u8.ToArray(), Convert.FromHexString("0100000200200000000000000000000000000000"))]));
        tree.Folder("with-xattr", Attributes(0x1ed, xattrs: [new("user.a"u8.ToArray(), [0, 255, 10])]));
        tree.Node("fifo", FileKind.Fifo, 0, 0, Attributes(0x1a4));
        tree.Node("null", FileKind.CharacterDevice, 1, 3, Attributes(0x1b6));
    }

    private static bool IsGzip(string file)
    {
        using var stream = File.OpenRead(file);
        return stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private static UnixAttributes Attributes(int mode, uint user = 0, int nanoseconds = 0, Xattr[]? xattrs = null) =>
        new() { Mode = mode, UserId = user, ModificationTime = new UnixTime(1_600_000_000, nanoseconds), Xattrs = xattrs ?? [] };
}
