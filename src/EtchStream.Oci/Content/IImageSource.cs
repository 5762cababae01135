namespace EtchStream.Oci.Content;

/// <summary>One image, wherever it lies: in a registry, an OCI layout, an archive.</summary>
public interface IImageSource : IBlobSource, IAsyncDisposable
{
    /// <summary>The image's location as the user gave it, for messages.</summary>
    string Location { get; }

    /// <summary>
    /// Reads and verifies manifest and config for a platform. Layers are only described; nothing of them is read, unless the source
    /// has no digests of its own for them.
    /// </summary>
    /// <param name="platform">
    /// What the image has to run on. Null takes what is there, and is an error where that is more than one image.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CorruptImageException">Metadata is malformed or contradicts itself.</exception>
    /// <exception cref="DigestMismatchException">Metadata is not what its digest promises.</exception>
    /// <exception cref="ImageNotFoundException">A layout or archive has no image of the name given, or several and none was given.</exception>
    /// <exception cref="UnsupportedImageException">No image for the platform, schema 1, foreign layers, an artifact that is no image.</exception>
    Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default);
}
