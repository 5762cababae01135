namespace EtchStream.Inspect;

/// <summary>
/// A container engine's store at rest, with the storage driver overlay2, or what an archive brings for one. Sizes are the engine's own: bytes
/// of the regular files of a layer, uncompressed, as <c>docker images</c> and <c>docker history</c> show them.
/// </summary>
public sealed class StoreReport
{
    /// <summary>The engine's data root, from the root of its file system: <c>/docker</c>.</summary>
    public required string Root { get; init; }

    /// <summary>For an archive: the partition that it is for, as the archive spells it; else null.</summary>
    public string? Partition { get; init; }

    /// <summary>The images: those with names first, by their first name, then those without, by ID. Of an archive in the order of its manifest.</summary>
    public IReadOnlyList<StoreImageReport> Images { get; init; } = [];

    /// <summary>The layers of these images, each once, in the order in which the images have them, base first.</summary>
    public IReadOnlyList<StoreLayerReport> Layers { get; init; } = [];

    /// <summary>Bytes of all these layers, each counted once; those whose size is not known are not counted.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of all images added up, where a layer counts once for each image that has it.</summary>
    public long ImageBytes { get; init; }

    /// <summary>How many layers the store has that belong to none of these images.</summary>
    public int UnusedLayers { get; init; }

    /// <summary>What is broken, or too much to be looked at, one line each; 50 lines at the most. More is found by <c>etchstream check</c>.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>A container image in a store.</summary>
public sealed class StoreImageReport
{
    /// <summary>Its ID, <c>sha256:…</c>: the digest of its config.</summary>
    public required string ImageId { get; init; }

    /// <summary>Its names by tag, <c>repository:tag</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its names by digest, <c>repository@sha256:…</c>.</summary>
    public IReadOnlyList<string> Digests { get; init; } = [];

    /// <summary>The platform that its config names, <c>linux/arm64</c>; null where that is not known.</summary>
    public string? Platform { get; init; }

    /// <summary>Bytes of its layers; null where the size of one of them is not known.</summary>
    public long? Size { get; init; }

    /// <summary>The chain IDs of its layers, <c>sha256:…</c>, base first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];
}

/// <summary>A layer of the images in a store.</summary>
public sealed class StoreLayerReport
{
    /// <summary>The chain ID, <c>sha256:…</c>: the layer with all that lies under it.</summary>
    public required string ChainId { get; init; }

    /// <summary>The diff ID, <c>sha256:…</c>: the digest of its tar.</summary>
    public required string DiffId { get; init; }

    /// <summary>Bytes of its files; null where the store does not say, or does not have the layer.</summary>
    public long? Size { get; init; }

    /// <summary>How many of the images have it.</summary>
    public int Images { get; internal set; }

    /// <summary>Of an archive: true for a layer that it does not bring, because the store of its disk image has it; else null.</summary>
    public bool? IsReused { get; init; }
}
