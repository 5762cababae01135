using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;

namespace EtchStream.Unpack.Growth;

/// <summary>Reads the first and the last member of an archive that is an uncompressed file, without all that is between them.</summary>
internal static class SeekableArchive
{
    private const int Block = 512;

    /// <summary>Manifest and trailer; null where the file has none, or cannot be read from behind. What is wrong with it is told later.</summary>
    public static async Task<(ArchiveManifest Manifest, ArchiveTrailer Trailer)?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (!file.CanSeek || file.Length < 4 * Block) return null;
            if (await ReadMemberAsync(file, 0, ArchiveNames.Manifest, ArchiveManifest.MaxLength, cancellationToken).ConfigureAwait(false) is not { } manifest) return null;
            if (FindTrailer(file) is not { } place || await ReadMemberAsync(file, place, ArchiveNames.Trailer, ArchiveTrailer.MaxLength, cancellationToken).ConfigureAwait(false) is not { } trailer) return null;
            return (ArchiveManifest.Parse(manifest), ArchiveTrailer.Parse(trailer));
        }
        catch (Exception e) when (e is IOException or UnsupportedFormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The content of the member whose header is at <paramref name="place"/>; null where it is another one, or too long.</summary>
    public static async Task<byte[]?> ReadMemberAsync(Stream file, long place, string name, int maxLength, CancellationToken cancellationToken)
    {
        file.Position = place;
        await using var source = new StreamByteSource(file, leaveOpen: true);
        var reader = new TarReader(source);
        if (await reader.ReadEntryAsync(cancellationToken).ConfigureAwait(false) is not { } entry || !entry.Name.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(name)) || entry.Size > maxLength) return null;
        using var bytes = new MemoryStream();
        while (await reader.ReadContentAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } content) bytes.Write(content.Span);
        return bytes.ToArray();
    }

    // From the end on: padding of zeros, then the trailer's content, before it its header.
    private static long? FindTrailer(FileStream file)
    {
        var start = (file.Length / Block * Block) - Math.Min(file.Length / Block * Block, ArchiveTrailer.MaxLength + (64 * Block));
        var tail = new byte[(file.Length / Block * Block) - start];
        file.Position = start;
        file.ReadExactly(tail);
        var name = Encoding.ASCII.GetBytes(ArchiveNames.Trailer + "\0");
        for (var at = tail.Length - Block; at >= 0; at -= Block)
        {
            if (tail.AsSpan(at).StartsWith(name)) return start + at;
        }

        return null;
    }
}
