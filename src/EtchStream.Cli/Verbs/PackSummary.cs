using EtchStream.Archive;
using EtchStream.Cli.Output;
using EtchStream.Pack;

namespace EtchStream.Cli.Verbs;

/// <summary>What a pack run has done, in a few lines.</summary>
internal static class PackSummary
{
    /// <summary>What the trailer counts in.</summary>
    private const int BlockSize = 4096;

    private const int MaxImages = 20;
    private const int ShortId = 19; // sha256: and the twelve digits that engines show

    /// <summary>The lines.</summary>
    /// <param name="report">What was done.</param>
    /// <param name="output">What the archive was written to.</param>
    public static IEnumerable<string> Of(PackReport report, string output)
    {
        var size = report.OutputBytes == report.ArchiveBytes ? Text.Bytes(report.OutputBytes) : $"{Text.Bytes(report.OutputBytes)}, {Text.Bytes(report.ArchiveBytes)} uncompressed";
        yield return $"packed {output}: {size}, in {Text.Duration(report.Elapsed)}";
        var image = report.Manifest.Image;
        yield return $"  image {image.Name}: {Text.Bytes(image.Size)}, {(image.Compression is { } how ? $"compressed with {how}" : $"{Text.Bytes(report.ImageDataBytes)} of it data")}";
        foreach (var line in Containers(report)) yield return line;
        foreach (var partition in report.Trailer.Partitions) yield return Partition(report, partition);
        yield return $"  archive sha256 {report.Trailer.Archive.Sha256}";
    }

    private static IEnumerable<string> Containers(PackReport report)
    {
        if (report.Manifest.Containers is not { } images) yield break;
        var layers = report.Manifest.Layers!;
        var reused = layers.Count(l => l.IsReused == true);
        var stored = reused > 0 ? $", {reused} in the disk image already ({Text.Bytes(report.ReusedBytes)} not fetched)" : "";
        yield return $"  {Count(images.Count, "container image")} of {Count(layers.Count, "layer")}: {layers.Count - reused} new{stored}";
        foreach (var image in images.Take(MaxImages))
        {
            var name = image.Names.Count > 0 ? image.Names[0] : "no name";
            yield return $"    {name}  {image.ImageId[..Math.Min(ShortId, image.ImageId.Length)]}  {Count(image.Layers.Count, "layer")}";
        }

        if (images.Count > MaxImages) yield return $"    and {images.Count - MaxImages} more";
    }

    private static string Partition(PackReport report, TrailerPartition partition)
    {
        var text = $"  partition {partition.Partition}: {Count(partition.Entries, "entry", "entries")} ({Text.Bytes(partition.Bytes)})";
        if (partition is { Blocks: { } blocks, Inodes: { } inodes }) text += $", needs {Text.Bytes(blocks * BlockSize)} and {Count(inodes, "inode")}";
        if (report.Manifest.Partitions.FirstOrDefault(p => p.Selector == partition.Partition) is { FreeBytes: { } free }) text += $"; {Text.Bytes(free)} free in the image";
        return text;
    }

    private static string Count(long number, string one, string? many = null) => Text.Count(number, one, many);
}
