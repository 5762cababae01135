namespace EtchStream.Oci.Content;

/// <summary>Images that are for another platform than the one asked for.</summary>
internal static class ImagePlatform
{
    /// <summary>Refuses a single image whose config names another platform.</summary>
    /// <param name="location">The image, for the message.</param>
    /// <param name="config">Its config.</param>
    /// <param name="wanted">What it has to run on; null for anything.</param>
    /// <exception cref="UnsupportedImageException">It does not.</exception>
    public static void Require(string location, ImageConfig config, Platform? wanted)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (wanted is not null && !config.Suits(wanted)) throw Mismatch(location, config, wanted);
    }

    /// <summary>The error for a single image whose config names another platform.</summary>
    internal static UnsupportedImageException Mismatch(string location, ImageConfig config, Platform wanted)
    {
        var offered = config.Platform is { } own ? Printable.Clean(own.ToString()) : "no stated platform";
        return new UnsupportedImageException(UnsupportedImageException.MissingPlatform, $"{location} is an image for {offered}, not for {wanted}; take another image, or another --platform") { Offered = offered };
    }
}
