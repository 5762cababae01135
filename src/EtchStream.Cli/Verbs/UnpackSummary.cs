using EtchStream.Cli.Output;
using EtchStream.Unpack;

namespace EtchStream.Cli.Verbs;

/// <summary>What an unpack run has done, in a few lines.</summary>
internal static class UnpackSummary
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(UnpackReport report)
    {
        var rate = report.Elapsed.TotalSeconds >= 1 ? $" ({Text.Bytes((long)(report.BytesWritten / report.Elapsed.TotalSeconds))}/s)" : "";
        yield return $"unpacked {report.ImageName} in {Text.Duration(report.Elapsed)}: {Text.Bytes(report.ImageSize)}, {Text.Bytes(report.BytesWritten)} written{rate}";
        yield return $"  image: {Text.Bytes(report.ImageBytesWritten)} of data, the rest zeros{(report.ImageCompression is { } how ? $"; was compressed with {how}" : "")}";
        foreach (var partition in report.Partitions) yield return Partition(partition);
        if (report.Grown is { } grown) yield return $"  partition {grown.Number} was grown from {Text.Bytes(grown.Before)} to {Text.Bytes(grown.After)}";
        if (report.Resumptions > 0) yield return $"  the connection was lost and taken up again {(report.Resumptions == 1 ? "once" : $"{report.Resumptions} times")}";
        if (report.ArchiveDigest is { } digest) yield return $"  archive sha256 {digest}, as its trailer says";
        else yield return "  the archive has no trailer: that it is complete, only its end tells";
        if (report.SignedBy is { } key) yield return $"  signed by {key}";
        else if (report.IsSigned) yield return "  its signature was not checked (--trusted-key)";
    }

    private static string Partition(UnpackedPartition partition)
    {
        var label = partition.Label is null ? "" : $" ({partition.Label})";
        var text = $"  partition {partition.Number}{label}, {partition.FileSystem}: {Text.Count(partition.Entries, "entry", "entries")}, {Text.Count(partition.Files, "file")} among them ({Text.Bytes(partition.Bytes)})";
        return partition.FreeBytes is { } free ? $"{text}; {Text.Bytes(free)} free" : text;
    }
}
