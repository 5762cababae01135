namespace EtchStream.TestKit.Web;

/// <summary>A file as a web server has it.</summary>
/// <param name="Content">Its bytes as they are sent.</param>
public sealed record WebFile(byte[] Content)
{
    /// <summary>With its quotes; null for none.</summary>
    public string? ETag { get; init; }

    /// <summary>Null for none.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Null for none.</summary>
    public string? ContentEncoding { get; init; }

    public string ContentType { get; init; } = "application/x-tar";

    /// <summary>Whether the server knows ranges.</summary>
    public bool HasRanges { get; init; } = true;
}
