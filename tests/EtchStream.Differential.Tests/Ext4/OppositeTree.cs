using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>
/// Makes of a payload the archive that can go before it in one archive without leaving a trace: at the payload's own paths it has
/// other kinds of objects, links where folders come, and full folders where files, links and devices come.
/// </summary>
internal static class OppositeTree
{
    /// <summary>Writes the archive.</summary>
    public static async Task MakeAsync(string payload, string archive, int seed)
    {
        var random = new Random(seed);
        await using var source = new StreamByteSource(File.OpenRead(payload));
        await using var writer = new TarWriter(File.Create(archive));
        var reader = new TarReader(source);
        var hidden = "";
        while (await reader.ReadEntryAsync() is { } entry)
        {
            var path = Encoding.Latin1.GetString(entry.Name).TrimEnd('/');
            var isRoot = path.Count(c => c == '/') < 2;
            if (isRoot || (hidden.Length > 0 && path.StartsWith(hidden, StringComparison.Ordinal))) continue;
            if (entry.Kind != FileKind.Directory)
            {
                if (random.Next(4) == 0) await FolderAsync(writer, path, random);
            }
            else if (random.Next(20) == 0)
            {
                // What lies below it comes with the payload only: behind a link nothing is written.
                hidden = path + "/";
                await LeafAsync(writer, path, random);
            }
        }

        await writer.FinishAsync();
    }

    private static async Task FolderAsync(TarWriter writer, string path, Random random)
    {
        await AddAsync(writer, path, FileKind.Directory, xattrs: random.Next(2) == 0);
        await AddAsync(writer, path + "/file", FileKind.File, content: new byte[random.Next(9_000)]);
        await AddAsync(writer, path + "/second", FileKind.HardLink, link: path + "/file");
        await AddAsync(writer, path + "/inner/deeper", FileKind.Directory, xattrs: true);
        for (var i = random.Next(4); i > 0; i--) await LeafAsync(writer, $"{path}/inner/deeper/{i}", random);
    }

    private static Task LeafAsync(TarWriter writer, string path, Random random) => random.Next(5) switch
    {
        0 => AddAsync(writer, path, FileKind.File, content: new byte[random.Next(10) == 0 ? 200_000 : 5_000], xattrs: true),
        1 => AddAsync(writer, path, FileKind.Fifo),
        2 => AddAsync(writer, path, FileKind.SymbolicLink, link: new string('l', random.Next(60, 1000))),
        _ => AddAsync(writer, path, FileKind.SymbolicLink, link: "..", xattrs: random.Next(2) == 0),
    };

    private static async Task AddAsync(TarWriter writer, string path, FileKind kind, string link = "", byte[]? content = null, bool xattrs = false)
    {
        await writer.WriteEntryAsync(new TarEntry
        {
            Name = Encoding.Latin1.GetBytes(path),
            Kind = kind,
            LinkName = Encoding.Latin1.GetBytes(link),
            Mode = 0x1C0,
            Size = content?.Length ?? 0,
            Xattrs = xattrs ? [new Xattr("trusted.opposite"u8.ToArray(), new byte[300])] : [],
        });
        if (content is not null) await writer.WriteContentAsync(content);
    }
}
