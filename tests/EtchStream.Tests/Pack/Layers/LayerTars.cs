using System.Formats.Tar;
using System.Text;
using EtchStream.TestKit.Engine;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Whole layer tars in the forms that builders write, and in forms that only readers allow.</summary>
internal static class LayerTars
{
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal)
    {
        ["PAX"] = Written(TarEntryFormat.Pax),
        ["GNU"] = Written(TarEntryFormat.Gnu),
        ["ustar"] = Written(TarEntryFormat.Ustar),
        ["v7"] = Written(TarEntryFormat.V7),
        ["nothing at all"] = [],
        ["end blocks only"] = Tar().End(),
        ["one zero block only"] = Tar().Zeros(512).ToArray(),
        ["filled to a record"] = Some().Zeros(8192).End(),
        ["a tail of exactly one buffer"] = Some().Zeros(1024).Zeros(1 << 20).ToArray(),
        ["garbage behind the end"] = Some().Zeros(1024).Raw(Noise(3_000_001)).ToArray(),
        ["entries behind the end"] = [.. Some().End(), .. Some().End()],
        ["no end blocks"] = Some().ToArray(),
        ["one zero block"] = Some().Zeros(512).ToArray(),
        ["no end blocks and no padding"] = [.. Some().ToArray(), .. Tar().File("last", "x").ToArray()[..513]],
        ["a part of the last padding"] = [.. Some().ToArray(), .. Tar().File("last", "x").ToArray()[..700]],
        ["no content at the end"] = Tar().File("a", "1").Folder("d").ToArray(),
        ["bytes in the padding"] = Tar().Raw(Tar().File("a", "1").ToArray()[..513]).Raw(Noise(511)).File("b", "2").End(),
        ["large contents"] = Tar().File("a", new string('a', 700_000)).File("b", new string('b', 512 * 1024)).File("c", new string('c', 512)).End(),
        ["a sparse file of old GNU"] = Tar().Raw(OldSparse()).Raw(Block(Noise(512))).File("after", "1").End(),
        ["a sparse file of PAX 0.1"] = Tar().Pax(("GNU.sparse.size", Ascii("8192")), ("GNU.sparse.numblocks", Ascii("2")), ("GNU.sparse.name", Ascii("sp")), ("GNU.sparse.map", Ascii("0,3,4096,512"))).Entry(new LayerEntry("GNUSparseFile.0/sp"), Noise(515)).File("after", "1").End(),
        ["a sparse file of PAX 1.0"] = Tar().Pax(("GNU.sparse.major", Ascii("1")), ("GNU.sparse.minor", Ascii("0")), ("GNU.sparse.name", Ascii("sp")), ("GNU.sparse.realsize", Ascii("8192"))).Entry(new LayerEntry("GNUSparseFile.0/sp"), [.. Block(Ascii("1\n4096\n512\n")), .. Noise(512)]).File("after", "1").End(),
        ["a sparse file that is all hole"] = Tar().Pax(("GNU.sparse.size", Ascii("8192")), ("GNU.sparse.numblocks", Ascii("0")), ("GNU.sparse.name", Ascii("sp")), ("GNU.sparse.map", [])).Entry(new LayerEntry("GNUSparseFile.0/sp")).File("after", "1").End(),
        ["global headers"] = Tar().Global("pax_global_header", "comment", "0123456789").File("a", "1").Global("g", "path", "never").Global("g", "uid", "7").File("b", "22").Global("last", "mtime", "1").End(),
        ["a global header at the end without end blocks"] = Tar().File("a", "1").Global("g", "path", "never").ToArray(),
        ["marks with content"] = Tar().File("d/.wh.a", "some content").File("d/.wh..wh..opq", new string('x', 1000)).File("d/b", "1").End(),
        ["a mark with much content"] = Tar().File(".wh.a", new string('x', (1 << 20) - 1)).File(".wh.b", new string('x', 1 << 20)).File(".wh.c", new string('x', 3_000_000)).End(),
        ["long names"] = Tar().Entry(new LayerEntry("././@LongLink") { Type = 'L', Magic = "ustar  \0" }, Ascii(new string('n', 200) + "\0")).File(new string('n', 100), "1")
            .Pax("path", string.Join('/', Enumerable.Repeat(new string('p', 200), 10))).File("x", "2").Entry(new LayerEntry("tail") { Prefix = "in/a/prefix" }, "3"u8).End(),
        ["a size by PAX"] = Tar().Pax("size", "5").Entry(new LayerEntry("a") { Size = 0 }, "12345"u8).End(),
        ["hard links with sizes"] = Tar().File("a", "12345").Entry(new LayerEntry("b") { Type = '1', Link = "a", Size = 5 }).Entry(new LayerEntry("c") { Type = '1', Link = "a", Size = 5 }).End(),
        ["a hard link with a size at the end"] = Tar().File("a", "12345").Entry(new LayerEntry("b") { Type = '1', Link = "a", Size = 5 }).ToArray(),
        ["no sound header fields but the needed ones"] = Tar().Entry(new LayerEntry("a") { Magic = "\0\0\0\0\0\0\0\0", OwnerName = "someone" }, "1"u8).End(),
    };

    private static LayerTar Tar() => new();

    private static LayerTar Some() => Tar().Folder("d/").File("d/a", "content of a").Symlink("d/s", "a").Link("h", "d/a").File("d/empty").File("./z", new string('z', 1500));

    private static byte[] Written(TarEntryFormat format)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, format, leaveOpen: true))
        {
            Write(TarEntryType.Directory, "folder");
            Write(format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, "folder/file", content: Noise(1300));
            Write(format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile, "folder/empty");
            Write(TarEntryType.SymbolicLink, "folder/link", "file");
            Write(TarEntryType.HardLink, "hard", "folder/file");
            if (format is TarEntryFormat.Pax or TarEntryFormat.Gnu) Write(TarEntryType.RegularFile, string.Join('/', Enumerable.Repeat("ünïcode", 40)), content: Noise(512));
            if (format != TarEntryFormat.V7) Write(TarEntryType.Fifo, "fifo");

            void Write(TarEntryType type, string name, string? link = null, byte[]? content = null)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Pax => new PaxTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    _ => new V7TarEntry(type, name),
                };
                entry.ModificationTime = DateTimeOffset.UnixEpoch.AddDays(10_000);
                if (link is not null) entry.LinkName = link;
                if (content is not null) entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }

        return tar.ToArray();
    }

    // Two runs: bytes 0 to 99 and 4096 to 4507 of 8192.
    private static byte[] OldSparse()
    {
        var header = Tar().Entry(new LayerEntry("sp") { Type = 'S', Magic = "ustar  \0", Size = 512 }).ToArray();
        foreach (var (at, value) in ((int, int)[])[(386, 0), (398, 100), (410, 4096), (422, 412), (483, 8192)]) Ascii(Convert.ToString(value, 8).PadLeft(11, '0')).CopyTo(header, at);
        header.AsSpan(148, 8).Fill((byte)' ');
        Ascii(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    private static byte[] Block(byte[] content) => [.. content, .. new byte[(512 - (content.Length % 512)) % 512]];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
