using EtchStream.Oci.Registry;

namespace EtchStream.Oci.Content;

/// <summary>Opens images wherever they are.</summary>
public static class ImageSources
{
    /// <summary>Opens the source that a location names. An archive's headers are read; of a registry nothing is asked for yet.</summary>
    /// <param name="location">Where the image is.</param>
    /// <param name="registries">Used for images in registries; it must outlive the source.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    public static async Task<IImageSource> OpenAsync(ImageLocation location, RegistryClient registries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(registries);
        return location.Kind switch
        {
            ImageLocationKind.OciLayout => OciLayoutSource.OpenDirectory(location.Path!, location.Name),
            ImageLocationKind.OciArchive => await OciLayoutSource.OpenArchiveAsync(location.Path!, location.Name, cancellationToken).ConfigureAwait(false),
            ImageLocationKind.DockerArchive => await DockerArchiveSource.OpenAsync(location.Path!, location.Name, cancellationToken).ConfigureAwait(false),
            ImageLocationKind.Engine => throw new NotSupportedException("images in an engine's data root are read by the pack pipeline, which knows file systems"),
            _ => registries.Open(location.Reference!)
        };
    }
}
