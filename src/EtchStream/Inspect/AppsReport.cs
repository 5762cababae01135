namespace EtchStream.Inspect;

/// <summary>The apps.json from which a balenaOS device starts its containers.</summary>
public sealed class AppsReport
{
    /// <summary>The form of the file: <c>v1</c>, <c>v2</c> or <c>v3</c>; null where it cannot be read, and of an archive.</summary>
    public string? Form { get; init; }

    /// <summary>The services of all apps and releases, in the order in which the file has them; 10 000 at the most.</summary>
    public IReadOnlyList<AppsServiceReport> Services { get; init; } = [];

    /// <summary>Why it cannot be read, or not all of it is listed; one line, null when all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>A service of an apps.json, and what its image is in the engine's store.</summary>
public sealed class AppsServiceReport
{
    /// <summary>The app's key in the file: a UUID, or in older forms a number.</summary>
    public required string App { get; init; }

    /// <summary>The app's name; null where it is not known.</summary>
    public string? AppName { get; init; }

    /// <summary>The release's commit; null where the form has none.</summary>
    public string? Release { get; init; }

    /// <summary>The service's name; null where the form has none.</summary>
    public string? Service { get; init; }

    /// <summary>The image as the file names it.</summary>
    public required string Image { get; init; }

    /// <summary>The name by which the store has it, <c>repository:tag</c> or <c>repository@sha256:…</c>; null where it does not have that name.</summary>
    public string? StoreName { get; init; }

    /// <summary>The ID that this name leads to, <c>sha256:…</c>; null where the store does not have the name.</summary>
    public string? ImageId { get; init; }

    /// <summary>True where the store does not have the image, or not under that name: the device has to download it.</summary>
    public required bool IsMissing { get; init; }
}
