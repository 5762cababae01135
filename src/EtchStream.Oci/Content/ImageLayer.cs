namespace EtchStream.Oci.Content;

/// <summary>One layer of a resolved image.</summary>
/// <param name="Blob">Its content as stored, compressed or not; opened through the image's source.</param>
/// <param name="DiffId">The digest of its uncompressed tar.</param>
/// <param name="ChainId">Its chain ID with all layers under it.</param>
public sealed record ImageLayer(Descriptor Blob, DiffId DiffId, ChainId ChainId);
