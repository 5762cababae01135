using EtchStream.Formats.Compression;

namespace EtchStream.Sources;

/// <summary>How reports, manifests and messages call a compression.</summary>
internal static class CompressionName
{
    /// <summary><c>gzip</c>, <c>zstd</c>, <c>xz</c>, <c>bzip2</c>, <c>zip</c>.</summary>
    public static string Of(CompressionFormat format) => format.ToString().ToLowerInvariant();
}
