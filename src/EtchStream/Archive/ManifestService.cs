namespace EtchStream.Archive;

/// <summary>A service of an apps.json that the archive brings.</summary>
public sealed class ManifestService
{
    /// <summary>The app's key in the file: a UUID, or in older forms a number.</summary>
    public required string App { get; init; }

    /// <summary>The release's commit; null where the form has none.</summary>
    public string? Release { get; init; }

    /// <summary>The service's name; null where the form has none.</summary>
    public string? Service { get; init; }

    /// <summary>The image by which the supervisor looks for it.</summary>
    public required string Image { get; init; }
}
