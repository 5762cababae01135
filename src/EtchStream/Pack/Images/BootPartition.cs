using System.Text.Json;
using EtchStream.Formats;
using EtchStream.Formats.Partitions;

namespace EtchStream.Pack.Images;

/// <summary>The files that balenaOS reads on its boot partition before anything else.</summary>
internal static class BootPartition
{
    /// <summary>The usual one.</summary>
    public const string Label = "resin-boot";

    /// <summary>Of a flasher image, which installs the system onto an inner disk.</summary>
    public const string FlasherLabel = "flash-boot";
    private const int MaxConfig = 1 << 20;

    /// <summary>What <see cref="PackOptions.ConfigPath"/> and <see cref="PackOptions.SplashPath"/> ask for, as injections.</summary>
    /// <exception cref="PartitionNotFoundException">The image has no boot partition of balenaOS.</exception>
    /// <exception cref="CorruptFormatException">The configuration is no JSON object.</exception>
    public static IEnumerable<Injection> Injections(PackOptions options, ImageFile image)
    {
        if (options.ConfigPath is null && options.SplashPath is null) return [];
        var label = LabelIn(image);
        var injections = new List<Injection>();
        if (options.ConfigPath is { } config)
        {
            CheckConfig(config);
            injections.Add(new Injection(label, "/config.json", config, InjectionKind.File));
        }

        if (options.SplashPath is { } splash) injections.Add(new Injection(label, "/splash/balena-logo.png", splash, InjectionKind.File));
        return injections;
    }

    // A flasher image, which installs the system onto an inner disk, has a boot partition of its own name.
    private static string LabelIn(ImageFile image)
    {
        if (image.Disk is not { } disk) return Label;
        var table = PartitionTable.Read(disk);
        foreach (var label in (string[])[Label, FlasherLabel])
        {
            if (PartitionFinder.TryFind(table, disk, label) is not null) return label;
        }

        throw new PartitionNotFoundException(Label, $"{image.Path} has no partition {Label} or {FlasherLabel}, where balenaOS has its configuration; use --inject PART:/config.json=FILE for other systems");
    }

    private static void CheckConfig(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaxConfig }) throw new CorruptFormatException(path, -1, $"a configuration of more than {MaxConfig} bytes is none");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object) return;
        }
        catch (JsonException e)
        {
            throw new CorruptFormatException(path, -1, $"it is not JSON (line {(e.LineNumber ?? 0) + 1}), and a device that cannot read its configuration does not come up", e);
        }

        throw new CorruptFormatException(path, -1, "it is not a JSON object, as a device's configuration has to be");
    }
}
