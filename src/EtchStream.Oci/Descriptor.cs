namespace EtchStream.Oci;

/// <summary>What a manifest or index says of one piece of content (OCI image spec, descriptor.md).</summary>
/// <param name="MediaType">Its media type; empty where the document gives none.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its length in bytes, never negative.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the content runs on; only in an index, and not always there.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Annotations, empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = s_none;

    /// <summary>
    /// True for an entry of an index that is no image: a build attestation, which builders list beside the images with the platform
    /// <c>unknown/unknown</c> and an annotation of its own.
    /// </summary>
    public bool IsAttestation => Platform is { IsUnknown: true }
        || (Annotations.TryGetValue("vnd.docker.reference.type", out var type) && string.Equals(type, "attestation-manifest", StringComparison.Ordinal));
}
