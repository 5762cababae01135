using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;

namespace EtchStream.Sources;

/// <summary>Files that are tar archives, told by their content.</summary>
internal static class TarInput
{
    private const int HeaderSize = 512;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;
    private const int MagicOffset = 257;

    /// <summary>Opens a file, decompressed when it is compressed.</summary>
    public static ByteSource Open(string path)
    {
        var file = new FileStream(SourcePath.OpenFile(path), FileAccess.Read, bufferSize: 0);
        try
        {
            return new StreamByteSource(Decompress(file), 1 << 20);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file is a tar archive, compressed or not.</summary>
    public static async Task<bool> IsTarAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = Open(path);
            var header = new byte[HeaderSize];
            return await source.ReadAsync(header, cancellationToken).ConfigureAwait(false) == HeaderSize && IsTarHeader(header);
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            // Looks compressed, and is not, or in a way that is not known: then it is just a file.
            return false;
        }
    }

    /// <summary>Whether what is read by position is an uncompressed tar archive.</summary>
    public static bool IsTar(IRandomReader content)
    {
        if (content.Length < HeaderSize) return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        content.Read(0, header);
        return IsTarHeader(header);
    }

    /// <summary>How a file is compressed.</summary>
    public static CompressionFormat DetectCompression(Stream file)
    {
        var start = new byte[CompressionDetector.BytesWanted];
        var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return CompressionDetector.Detect(start.AsSpan(0, count));
    }

    private static Stream Decompress(FileStream file) => Decoders.Default.Open(DetectCompression(file), file);

    /// <summary>The magic of POSIX and GNU, or, for the oldest form, which has none, a checksum that holds.</summary>
    private static bool IsTarHeader(ReadOnlySpan<byte> header)
    {
        if (header.Slice(MagicOffset, 5).SequenceEqual("ustar"u8)) return true;
        long sum = 0;
        for (var i = 0; i < header.Length; i++) sum += i is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? ' ' : header[i];
        long stored = 0;
        var digits = 0;
        foreach (var b in header.Slice(ChecksumOffset, ChecksumLength))
        {
            if (b is >= (byte)'0' and <= (byte)'7') (stored, digits) = ((stored * 8) + b - '0', digits + 1);
            else if (b is not (0 or (byte)' ')) return false;
        }

        return digits > 0 && stored == sum && header[0] != 0;
    }
}
