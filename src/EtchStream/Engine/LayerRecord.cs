namespace EtchStream.Engine;

/// <summary>What a store says of one layer, as it stands there: nothing of it is checked. Null is what is missing.</summary>
/// <param name="ChainId">The chain ID, hexadecimal.</param>
internal sealed record LayerRecord(string ChainId)
{
    /// <summary>Name of its folder below <c>overlay2</c>.</summary>
    public string? CacheId { get; init; }

    /// <summary>The diff ID, <c>sha256:…</c>.</summary>
    public string? DiffId { get; init; }

    /// <summary>The chain ID of the layer under it, <c>sha256:…</c>; a base has none.</summary>
    public string? Parent { get; init; }

    /// <summary>Bytes of its files, in decimal.</summary>
    public string? Size { get; init; }

    /// <summary>Path of its tar-split from the tree's root.</summary>
    public string? TarSplit { get; init; }

    /// <summary>Path of the folder with its files from the tree's root.</summary>
    public string? Diff { get; init; }

    /// <summary>Name of the short link to that.</summary>
    public string? Link { get; init; }

    /// <summary>The links of all layers under it, <c>l/…</c>, the nearest first; a base has none.</summary>
    public string? Lower { get; init; }

    /// <summary>Whether it is marked as one that others lie on.</summary>
    public bool IsCommitted { get; init; }
}
