namespace EtchStream.Formats.Compression;

/// <summary>How a stream is compressed.</summary>
public enum CompressionFormat
{
    /// <summary>Not at all, or in no way that is known.</summary>
    None,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878).</summary>
    Zstd,

    /// <summary>xz.</summary>
    Xz,

    /// <summary>bzip2.</summary>
    Bzip2,

    /// <summary>A zip archive with one file.</summary>
    Zip,
}
