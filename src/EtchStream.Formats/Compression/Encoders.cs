using EtchStream.Formats.Compression.Codecs;

namespace EtchStream.Formats.Compression;

/// <summary>The built-in encoders.</summary>
public static class Encoders
{
    /// <summary>gzip, levels 0 to 9, 6 if none is asked for.</summary>
    public static IStreamEncoder Gzip { get; } = new GzipEncoder();

    /// <summary>
    /// gzip, levels 0 to 9, 3 if none is asked for; slower than <see cref="Gzip"/>, but the bytes depend neither on the machine nor on
    /// the version of any system library.
    /// </summary>
    public static IStreamEncoder PortableGzip { get; } = new PortableGzipEncoder();

    /// <summary>Zstandard, levels 1 to 22, 3 if none is asked for, with a checksum of the content.</summary>
    public static IStreamEncoder Zstd { get; } = new ZstdEncoder();
}
