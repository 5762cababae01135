namespace EtchStream.Unpack.Growth;

/// <summary>Whether the image, its last partition and the file system there are made larger, and how much.</summary>
public sealed record GrowOptions
{
    /// <summary>The default room that is left, in percent of what is in use.</summary>
    public const int DefaultPercent = 5;

    /// <summary>The least room that is left by default, in bytes.</summary>
    public const long DefaultBytes = 64 << 20;

    /// <summary>When there is not enough room, as much as it takes, and some more.</summary>
    public static GrowOptions Auto { get; } = new();

    /// <summary>Never.</summary>
    public static GrowOptions None { get; } = new() { IsAllowed = false };

    /// <summary>Whether it may grow at all.</summary>
    public bool IsAllowed { get; init; } = true;

    /// <summary>Bytes that the image is to have at the end; null to let what goes into it decide.</summary>
    public long? ImageSize { get; init; }

    /// <summary>Bytes that are left free where the image has to grow; null for <see cref="DefaultPercent"/> or <see cref="DefaultBytes"/>, whichever is more.</summary>
    public long? Headroom { get; init; }

    /// <summary>An image of a fixed size.</summary>
    public static GrowOptions To(long imageSize) => new() { ImageSize = imageSize };
}
