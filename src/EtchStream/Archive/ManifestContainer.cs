using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>A container image that the archive brings.</summary>
public sealed class ManifestContainer
{
    /// <summary>The image's ID, <c>sha256:…</c>: the digest of its config.</summary>
    public required string ImageId { get; init; }

    /// <summary>The names that the engine is to know it by: <c>repository:tag</c>, <c>repository@sha256:…</c>. None for an image known by its ID alone.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The chain IDs of its layers, base first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    internal void Validate()
    {
        if (Names.Any(n => n is null) || Layers.Any(l => l is null)) throw new CorruptFormatException(ArchiveNames.Manifest, -1, "a name or layer of a container image is null");
    }
}
