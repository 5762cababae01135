namespace EtchStream.Oci.Content;

/// <summary>What to say of an image that is for another platform than the one asked for.</summary>
internal static class ImagePlatform
{
    /// <summary>The error for a single image whose config names another platform.</summary>
    public static UnsupportedImageException Mismatch(string location, ImageConfig config, Platform wanted)
    {
        var offered = config.Platform is { } own ? Printable.Clean(own.ToString()) : "no stated platform";
        return new UnsupportedImageException(UnsupportedImageException.MissingPlatform, $"{location} is an image for {offered}, not for {wanted}; take another image, or another --platform") { Offered = offered };
    }
}
