using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Inspect;

/// <summary>
/// Looks into a raw disk image: its partitions, their file systems, sizes and free space, the container engine's store and apps.json. Reads
/// only what it needs of it.
/// </summary>
public static class ImageInspector
{
    /// <summary>Describes a disk image.</summary>
    /// <param name="disk">The image.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CorruptFormatException">The partition table is damaged.</exception>
    public static ImageReport Inspect(IRandomReader disk, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var table = PartitionTable.Read(disk);
        var isWhole = table.Kind == PartitionTableKind.None;
        return new ImageReport
        {
            Size = disk.Length,
            PartitionTable = table.Kind.ToString().ToLowerInvariant(),
            SectorSize = table.SectorSize,
            DiskId = table.DiskId,
            Partitions = table.Partitions.Select(partition => Inspect(disk, partition, cancellationToken)).ToList(),
            FileSystem = isWhole ? InspectContent(disk, name: null, cancellationToken) : null,
            Warnings = table.Warnings,
        };
    }

    private static PartitionReport Inspect(IRandomReader disk, Partition partition, CancellationToken cancellationToken) => new()
    {
        Number = partition.Number,
        Start = partition.Start,
        Size = partition.Length,
        Type = partition.Type.ToString(),
        Name = partition.Name,
        UniqueId = partition.UniqueId,
        IsExtended = partition.IsExtended,
        IsLogical = partition.IsLogical,
        FileSystem = partition.IsExtended ? null : InspectContent(partition.OpenRead(disk), partition.Name, cancellationToken),
        Problem = partition.IsInside(disk.Length) ? null : $"it ends at byte {partition.End}, behind the end of the image",
    };

    private static FileSystemReport? InspectContent(IRandomReader content, string? name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var report = FileSystemInspector.Inspect(content);
        if (report is not null) ContentInspector.Inspect(content, report, string.IsNullOrEmpty(name) ? report.Label : name, cancellationToken);
        return report;
    }
}
