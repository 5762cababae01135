using EtchStream.Balena;
using EtchStream.Formats;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Compression;
using EtchStream.Formats.Ext4.Checking;
using EtchStream.Formats.Fat.Checking;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Inspect;
using EtchStream.Sources;
using EtchStream.Trees;

namespace EtchStream.Check;

/// <summary>
/// READ FIRST. Checks whether a flashed disk image is going to work: the partition table, the structure of each file system, the container
/// engine's store with every layer, and what balenaOS reads: config.json, device-type.json, apps.json, supervisor.conf. Nothing is written.
/// </summary>
public static class ImageChecker
{
    /// <summary>Checks an image.</summary>
    /// <param name="path">A raw disk image, or a block device.</param>
    /// <param name="progress">Told what is checked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found; damage is no exception.</returns>
    /// <exception cref="IOException">The image is missing, or cannot be read.</exception>
    /// <exception cref="UnsupportedFormatException">It is compressed, or an archive.</exception>
    public static CheckReport Check(string path, IProgress<CheckProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (SourcePath.KindOf(path) == Formats.Unix.FileKind.Directory) throw new IOException($"{path}: it is a folder; name a disk image");
        using var disk = SourcePath.OpenDisk(path);
        Refuse(disk, path);
        var run = new CheckRun(progress, cancellationToken);
        var partitions = new List<CheckedPartition>();
        run.Try("partition table", () => CheckDisk(disk, path, run, partitions));
        return new CheckReport { Image = path, Findings = run.Findings, Partitions = partitions };
    }

    private static void Refuse(FileDisk disk, string path)
    {
        Span<byte> start = stackalloc byte[CompressionDetector.BytesWanted];
        if (disk.Length < start.Length) throw new CorruptFormatException(path, -1, $"it has {disk.Length} bytes: it is no disk image");
        disk.Read(0, start);
        if (CompressionDetector.Detect(start) is not CompressionFormat.None and var format) throw new UnsupportedFormatException("compressed image", $"{path}: it is compressed ({CompressionName.Of(format)}); decompress it first");
        if (TarInput.IsTar(disk)) throw new UnsupportedFormatException("archive", $"{path}: it is a tar archive; unpack it with 'etchstream unpack' and check the image");
    }

    private static void CheckDisk(FileDisk disk, string path, CheckRun run, List<CheckedPartition> partitions)
    {
        run.Show(CheckPhase.Structure, "partition table");
        var table = PartitionTable.Read(disk);
        run.Add("partition table", table.Findings);
        if (table.Kind == PartitionTableKind.None)
        {
            if (FileSystemProbe.Identify(disk).Type is null) run.Error("partition table", "there is neither a partition table nor a file system");
            else partitions.Add(CheckPartition(disk, 0, null, disk.Length, run, default));
            return;
        }

        // The boot and root partitions come first, and tell what the data partition has to fit.
        var device = DeviceFacts.Read(disk, path, run);
        foreach (var partition in table.Partitions.Where(p => !p.IsExtended))
        {
            run.Cancellation.ThrowIfCancellationRequested();
            if (!partition.IsInside(disk.Length)) run.Error("partition table", $"partition {partition.Number} ends at byte {partition.End}, behind the image's {disk.Length} bytes: is the image truncated?");
            else partitions.Add(CheckPartition(partition.OpenRead(disk), partition.Number, partition.Name, partition.Length, run, device));
        }
    }

    private static CheckedPartition CheckPartition(IRandomReader content, int number, string? name, long size, CheckRun run, DeviceFacts device)
    {
        var found = FileSystemProbe.Identify(content);
        var label = string.IsNullOrEmpty(name) ? found.Label : name;
        var place = number == 0 ? "disk" : string.IsNullOrEmpty(label) ? $"partition {number}" : $"partition {number} ({label})";
        run.Show(CheckPhase.Structure, place);
        var cancellation = run.Cancellation;
        if (found.IsExt) run.Add(place, Ext4Checker.Check(content, cancellation));
        else if (found.IsFat) run.Add(place, FatChecker.Check(content, cancellation));
        (int Images, int Layers)? store = null;
        if (found.IsExt || found.IsFat) run.Try(place, () => store = ContentCheck.Run(PartitionTree.Open(content, place), place, label, device, run));
        var inspected = FileSystemInspector.Inspect(content);
        return new CheckedPartition(number, string.IsNullOrEmpty(label) ? null : label, found.Type, size, inspected?.FreeBytes, store?.Images, store?.Layers);
    }
}
