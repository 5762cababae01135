using EtchStream.Formats;
using EtchStream.Formats.Partitions;
using EtchStream.Sources;

namespace EtchStream.Pack.Images;

/// <summary>The boot partition of balenaOS in the image that is packed.</summary>
internal static class BootPartition
{
    /// <summary>What <see cref="PackOptions.ConfigPath"/> and <see cref="PackOptions.SplashPath"/> ask for, as injections.</summary>
    /// <exception cref="PartitionNotFoundException">The image has no boot partition of balenaOS.</exception>
    /// <exception cref="CorruptFormatException">The configuration is no JSON object.</exception>
    public static IEnumerable<Injection> Injections(PackOptions options, ImageFile image) =>
        options.ConfigPath is null && options.SplashPath is null ? [] : [.. BootFiles.Injections(LabelIn(image), options.ConfigPath, options.SplashPath)];

    private static string LabelIn(ImageFile image)
    {
        // One that cannot be looked into is taken for the usual kind.
        if (image.Disk is not { } disk) return BootFiles.Labels[0];
        var table = PartitionTable.Read(disk);
        return BootFiles.Labels.FirstOrDefault(label => PartitionFinder.TryFind(table, disk, label) is not null) ?? throw BootFiles.NotFound(image.Path);
    }
}
