using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Inspect;

/// <summary>Looks into a raw disk image: its partitions, their file systems, sizes and free space. Reads only what it needs of it.</summary>
public static class ImageInspector
{
    /// <summary>Describes a disk image.</summary>
    /// <exception cref="CorruptFormatException">The partition table is damaged.</exception>
    public static ImageReport Inspect(IRandomReader disk)
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
            Partitions = table.Partitions.Select(partition => Inspect(disk, partition)).ToList(),
            FileSystem = isWhole ? FileSystemInspector.Inspect(disk) : null,
            Warnings = table.Warnings,
        };
    }

    private static PartitionReport Inspect(IRandomReader disk, Partition partition) => new()
    {
        Number = partition.Number,
        Start = partition.Start,
        Size = partition.Length,
        Type = partition.Type.ToString(),
        Name = partition.Name,
        UniqueId = partition.UniqueId,
        IsExtended = partition.IsExtended,
        IsLogical = partition.IsLogical,
        FileSystem = partition.IsExtended ? null : FileSystemInspector.Inspect(partition.OpenRead(disk)),
        Problem = partition.IsInside(disk.Length) ? null : $"it ends at byte {partition.End}, behind the end of the image",
    };
}
