using EtchStream.Oci;

namespace EtchStream.Pack.Containers;

/// <summary>An image that is packed, with all the names that it is asked for by.</summary>
/// <param name="Config">Its config, which its ID is made of.</param>
/// <param name="Chain">Its layers' chain IDs, base first.</param>
internal sealed record PlannedImage(ImageConfig Config, IReadOnlyList<ChainId> Chain)
{
    /// <summary>The entries that <c>repositories.json</c> gets.</summary>
    public List<(ImageReference Reference, string Name)> Names { get; } = [];

    /// <summary>Where it comes from, as the user wrote it.</summary>
    public required string Location { get; init; }
}

/// <summary>A blob that came from a registry and was found to be what it should be.</summary>
/// <param name="Blob">Its digest.</param>
/// <param name="DiffId">The digest of the tar in it.</param>
/// <param name="Repository">Host and repository.</param>
internal sealed record FetchedBlob(Digest Blob, DiffId DiffId, string Repository);
