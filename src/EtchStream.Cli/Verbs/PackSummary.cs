using EtchStream.Archive;
using EtchStream.Cli.Output;
using EtchStream.Pack;

namespace EtchStream.Cli.Verbs;

/// <summary>What a pack run has done, in one line.</summary>
internal static class PackSummary
{
    /// <summary>What the trailer counts in.</summary>
    private const int BlockSize = 4096;

    /// <summary>The line.</summary>
    public static string Of(PackReport report)
    {
        var partitions = report.Trailer.Partitions;
        var text = $"packed {report.Manifest.Image.Name} ({Text.Bytes(report.Manifest.Image.Size)}, {Text.Bytes(report.ImageDataBytes)} of data)";
        if (report.Manifest.Containers is { } images) text += $", {Count(images.Count, "container image")} of {Count(report.Manifest.Layers!.Count, "layer")}{Reused(report)}";
        if (partitions.Count > 0) text += $", in all {Count(partitions.Sum(p => p.Entries), "entry", "entries")} ({Text.Bytes(partitions.Sum(p => p.Bytes))}) for partition {string.Join(", ", partitions.Select(p => $"{p.Partition}{Need(p)}"))}";
        return $"{text}: {Text.Bytes(report.OutputBytes)}";
    }

    private static string Need(TrailerPartition partition) => partition is { Blocks: { } blocks, Inodes: { } inodes }
        ? $" (needs {Text.Bytes(blocks * BlockSize)} and {Count(inodes, "inode")} there)"
        : "";

    private static string Reused(PackReport report) => report.Manifest.Layers!.Count(l => l.IsReused == true) is > 0 and var count
        ? $" ({count} in the disk image already, {Text.Bytes(report.ReusedBytes)} not fetched)"
        : "";

    private static string Count(long number, string one, string? many = null) => number == 1 ? $"1 {one}" : $"{number} {many ?? one + "s"}";
}
