namespace EtchStream.Oci;

/// <summary>An image that is well-formed as far as can be told, but that this library does not take: schema 1, foreign layers, a platform that is not there.</summary>
public sealed class UnsupportedImageException : NotSupportedException
{
    /// <summary>Creates the error.</summary>
    /// <param name="feature">The feature's usual name, e.g. <c>schema 1</c>.</param>
    /// <param name="message">One line: what has the feature, and what the user can do.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public UnsupportedImageException(string feature, string message, Exception? inner = null)
        : base(message, inner) => Feature = feature;

    /// <summary><see cref="Feature"/> where an image is there, but for other platforms.</summary>
    public const string MissingPlatform = "missing platform";

    /// <summary>The feature's usual name.</summary>
    public string Feature { get; }

    /// <summary>With <see cref="MissingPlatform"/>: the platforms that the image is there for.</summary>
    public string? Offered { get; init; }
}
