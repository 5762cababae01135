namespace EtchStream.Oci.Content;

/// <summary>Gives the small documents of an image, whole and verified against their descriptors.</summary>
internal interface IDocumentSource
{
    /// <summary>Reads a manifest or index.</summary>
    Task<byte[]> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken);

    /// <summary>Reads an image config.</summary>
    Task<byte[]> ReadConfigAsync(Descriptor descriptor, CancellationToken cancellationToken);
}
