using System.Formats.Tar;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Oci.Content;

/// <summary>
/// The files of an uncompressed tar, by an index of their places that is made in one pass over the headers.
/// .NET's own tar reader serves here, although it cannot carry layers (it loses binary extended attributes and hides the raw
/// headers): of an image archive only the names and places of plain files are wanted, and every content is checked by digest.
/// </summary>
internal sealed class TarFiles : ILayoutFiles
{
    private const int MaxEntries = 100_000;
    private const int MaxLinks = 16;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, Entry> _entries;

    private TarFiles(string path, SafeFileHandle file, Dictionary<string, Entry> entries)
    {
        Root = path;
        _file = file;
        _entries = entries;
    }

    public string Root { get; }

    /// <summary>Opens an archive and reads its headers.</summary>
    public static async Task<TarFiles> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new FileNotFoundException(System.IO.Directory.Exists(path) ? $"{path}: it is a folder; a layout in a folder is taken as oci:DIR" : $"{path}: no such file");
        var stream = Open(path);
        await using (stream.ConfigureAwait(false))
        {
            if (!stream.CanSeek) throw new UnsupportedImageException("archive from a pipe", $"{path}: an image archive has to be a file, its parts are not read in order");
            await RefuseCompressedAsync(stream, path, cancellationToken).ConfigureAwait(false);
            var entries = await ReadEntriesAsync(stream, path, cancellationToken).ConfigureAwait(false);
            return new TarFiles(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.Asynchronous), entries);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, path);
        }
    }

    private static async Task RefuseCompressedAsync(FileStream stream, string path, CancellationToken cancellationToken)
    {
        var magic = new byte[6];
        var count = await stream.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        stream.Position = 0;
        var compression = LayerCompression.Detect(magic.AsSpan(0, count));
        if (compression is not null)
            throw new UnsupportedImageException("compressed archive", $"{path} is compressed with {compression}; an image archive is read in random order, so decompress it first");
    }

    private static async Task<Dictionary<string, Entry>> ReadEntriesAsync(FileStream stream, string path, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        try
        {
            var reader = new TarReader(new HeaderStream(stream, path), leaveOpen: true);
            await using (reader.ConfigureAwait(false))
            {
                var count = 0;
                while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
                {
                    if (++count > MaxEntries) throw new CorruptImageException(path, $"it has more than {MaxEntries} entries; an image archive has a few for each layer");
                    if (Describe(entry, path, stream.Length) is { } described) entries[Normalise("", entry.Name) ?? ""] = described;
                }
                if (count == 0) throw new CorruptImageException(path, "it is no tar archive, or an empty one");
            }
        }
        // What .NET's reader throws for headers that cannot be: none of it is an argument of ours.
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException or ArgumentException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            throw new CorruptImageException(path, "it is no tar archive, or a damaged one; oci-archive: and docker-archive: take what skopeo, podman or docker save wrote", e);
        }
        return entries;
    }

    private static Entry? Describe(TarEntry entry, string path, long fileLength)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                var offset = entry.Length == 0 ? 0 : entry.DataOffset;
                if (entry.Length < 0 || offset < 0 || entry.Length > fileLength - offset)
                    throw new CorruptImageException(path, $"{Printable.Clean(entry.Name)} reaches beyond the archive's end; the archive is truncated");
                return new Entry(offset, entry.Length, Link: null);
            case TarEntryType.SymbolicLink:
                return new Entry(0, 0, Normalise(Directory(entry.Name), entry.LinkName) ?? "");
            case TarEntryType.HardLink:
                return new Entry(0, 0, Normalise("", entry.LinkName) ?? "");
            default:
                return null;
        }
    }

    public Stream? TryOpen(string path)
    {
        // docker save stores a layer that occurs twice once, and a symbolic link for the second.
        var name = Normalise("", path);
        for (var links = 0; links <= MaxLinks; links++)
        {
            if (name is null || !_entries.TryGetValue(name, out var entry)) return null;
            if (entry.Link is null) return new FileRegionStream(_file, entry.Offset, entry.Length);
            name = entry.Link;
        }
        throw new CorruptImageException(Root, $"{Printable.Clean(path)} is a loop of links");
    }

    private static string Directory(string name) => name.LastIndexOf('/') is var slash and >= 0 ? name[..slash] : "";

    // Null for a path that climbs out of the archive.
    private static string? Normalise(string directory, string path)
    {
        var parts = new List<string>();
        foreach (var part in (directory + "/" + path).Split('/'))
        {
            if (part is "" or ".") continue;
            if (part is not "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else return null;
        }
        return string.Join('/', parts);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Place of a file's content, or the normalised name that a link leads to.</summary>
    private readonly record struct Entry(long Offset, long Length, string? Link);
}
