using EtchStream.Formats;
using EtchStream.Formats.Compression;

namespace EtchStream.Unpack.Http;

/// <summary>
/// Takes off what a server put around the archive's bytes for the way (RFC 9110, section 8.4). It was asked not to, but some do so to
/// files whose name ends in <c>.gz</c>; it has nothing to do with the archive's own compression, which is detected behind it.
/// </summary>
internal static class ContentEncoding
{
    /// <summary>The bytes of the archive.</summary>
    /// <exception cref="UnsupportedFormatException">It is one that is not known.</exception>
    public static Stream Decode(string name, Stream body, IReadOnlyList<string> encodings, Decoders decoders)
    {
        // The last that was applied comes off first.
        foreach (var encoding in encodings.Reverse())
        {
            CompressionFormat? format = encoding switch
            {
                "gzip" or "x-gzip" => CompressionFormat.Gzip,
                "zstd" => CompressionFormat.Zstd,
                _ => null,
            };
            if (format is null) throw new UnsupportedFormatException("content encoding", $"{name}: the server sends the archive with the content encoding {encoding}, which was not asked for and is not known; gzip and zstd are");
            body = decoders.Open(format.Value, body);
        }

        return body;
    }
}
