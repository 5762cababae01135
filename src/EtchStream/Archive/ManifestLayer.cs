namespace EtchStream.Archive;

/// <summary>A layer that the archive brings, with the names that its chain has in the engine's store.</summary>
public sealed class ManifestLayer
{
    /// <summary>The chain ID, <c>sha256:…</c>: the layer with all that lies under it.</summary>
    public required string ChainId { get; init; }

    /// <summary>The diff ID, <c>sha256:…</c>: the digest of its tar.</summary>
    public required string DiffId { get; init; }

    /// <summary>The chain ID of the layer under it; null for a base.</summary>
    public string? Parent { get; init; }

    /// <summary>Name of its folder below the store's <c>overlay2</c>.</summary>
    public required string CacheId { get; init; }

    /// <summary>Name of the link to that below <c>overlay2/l</c>.</summary>
    public required string Link { get; init; }
}
