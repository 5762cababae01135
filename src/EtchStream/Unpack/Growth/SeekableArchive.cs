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
    private const int SizeAt = 124;
    private const int SizeDigits = 11;

    /// <summary>Manifest and trailer; null where the file has none, or cannot be read from behind. What is wrong with it is told later.</summary>
    public static async Task<(ArchiveManifest Manifest, ArchiveTrailer Trailer)?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (!file.CanSeek || file.Length < 4 * Block) return null;
            if (await ReadManifestAsync(file, cancellationToken).ConfigureAwait(false) is not { } manifest || ReadTrailer(file) is not { } trailer) return null;
            return (manifest, trailer);
        }
        catch (Exception e) when (e is IOException or UnsupportedFormatException or UnauthorizedAccessException or UnsafePathException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static async Task<ArchiveManifest?> ReadManifestAsync(FileStream file, CancellationToken cancellationToken)
    {
        await using var source = new StreamByteSource(file, leaveOpen: true);
        var reader = new TarReader(source);
        if (await reader.ReadEntryAsync(cancellationToken).ConfigureAwait(false) is not { } entry || !entry.Name.AsSpan().SequenceEqual("manifest.json"u8) || entry.Size > ArchiveManifest.MaxLength) return null;
        using var bytes = new MemoryStream();
        while (await reader.ReadContentAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } content) bytes.Write(content.Span);
        return ArchiveManifest.Parse(bytes.ToArray());
    }

    // From the end on: padding of zeros, then the trailer's content, before it its header.
    private static ArchiveTrailer? ReadTrailer(FileStream file)
    {
        var tail = new byte[Math.Min(file.Length / Block * Block, ArchiveTrailer.MaxLength + (64 * Block))];
        file.Position = (file.Length / Block * Block) - tail.Length;
        file.ReadExactly(tail);
        for (var at = tail.Length - Block; at >= 0; at -= Block)
        {
            var header = tail.AsSpan(at, Block);
            if (!header.StartsWith("etch-trailer.json\0"u8)) continue;
            var size = Convert.ToInt64(Encoding.ASCII.GetString(header.Slice(SizeAt, SizeDigits)).Trim('\0', ' '), 8);
            return size > tail.Length - at - Block ? null : ArchiveTrailer.Parse(tail.AsSpan(at + Block, (int)size));
        }

        return null;
    }
}
