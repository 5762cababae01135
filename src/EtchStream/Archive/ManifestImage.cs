namespace EtchStream.Archive;

/// <summary>The disk image as the manifest describes it.</summary>
public sealed class ManifestImage
{
    /// <summary>Name of the archive's member that holds the image.</summary>
    public required string Name { get; init; }

    /// <summary>Length in bytes of the member as it is on disk: the raw image with its holes, or the compressed file.</summary>
    public required long Size { get; init; }

    /// <summary>How the member is compressed (<c>gzip</c>, <c>xz</c>, <c>zstd</c>, <c>bzip2</c>, <c>zip</c>); null for a raw image.</summary>
    public string? Compression { get; init; }
}
