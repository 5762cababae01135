using System.Text.Json;
using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Sources;

/// <summary>The files that balenaOS reads on its boot partition before anything else.</summary>
internal static class BootFiles
{
    /// <summary>The labels that the boot partition has: of an image that runs, and of a flasher, which installs the system onto an inner disk.</summary>
    public static readonly IReadOnlyList<string> Labels = ["resin-boot", "flash-boot"];

    private const int MaxConfig = 1 << 20;

    /// <summary>The files as injections.</summary>
    /// <param name="label">The boot partition's label.</param>
    /// <param name="configPath">Path of the device's config.json; null for none.</param>
    /// <param name="splashPath">Path of the picture that is shown while it starts; null for none.</param>
    /// <exception cref="CorruptFormatException">The configuration is no JSON object.</exception>
    public static IEnumerable<Injection> Injections(string label, string? configPath, string? splashPath)
    {
        if (configPath is not null)
        {
            CheckConfig(configPath);
            yield return new Injection(label, "/config.json", configPath, InjectionKind.File);
        }

        if (splashPath is not null) yield return new Injection(label, "/splash/balena-logo.png", splashPath, InjectionKind.File);
    }

    /// <summary>The error for a disk image without the partition.</summary>
    public static PartitionNotFoundException NotFound(string image) =>
        new(Labels[0], $"{image} has no partition {string.Join(" or ", Labels)}, where balenaOS has its configuration; use --inject PART:/config.json=FILE for other systems");

    private static void CheckConfig(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaxConfig }) throw new CorruptFormatException(path, -1, $"a configuration of more than {MaxConfig} bytes is none");
        try
        {
            using var document = JsonDocument.Parse(FileFailure.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return;
        }
        catch (JsonException e)
        {
            throw new CorruptFormatException(path, -1, $"it is not JSON (line {(e.LineNumber ?? 0) + 1}), and a device that cannot read its configuration does not come up", e);
        }

        throw new CorruptFormatException(path, -1, "it is not a JSON object, as a device's configuration has to be");
    }
}
