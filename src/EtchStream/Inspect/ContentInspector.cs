using EtchStream.Engine;
using EtchStream.Formats.IO;
using EtchStream.Trees;

namespace EtchStream.Inspect;

/// <summary>Looks for what a file system holds of a device's software: the container engine's store, and balenaOS' apps.json.</summary>
internal static class ContentInspector
{
    private const string DataLabel = "resin-data";

    /// <summary>Adds to a file system's report what is in it.</summary>
    /// <param name="partition">The bytes of the file system.</param>
    /// <param name="report">Its report.</param>
    /// <param name="label">What the partition is called: its name in the GPT, or the file system's label.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void Inspect(IRandomReader partition, FileSystemReport report, string? label, CancellationToken cancellationToken)
    {
        // An engine does not run on anything else that can be looked into.
        if (report.Type is not ("ext2" or "ext3" or "ext4")) return;
        var problems = new ReportProblems();
        problems.Try(() =>
        {
            using var tree = PartitionTree.Open(partition, "this file system");
            StoreInspector? store = null;
            problems.Try(() =>
            {
                if (StoreReader.FindRoot(tree) is { } root) report.Store = (store = new StoreInspector(new StoreReader(tree, root), cancellationToken)).Inspect();
                else if (StoreReader.FindOtherDriver(tree) is { } driver) problems.Add($"its container engine has the storage driver {driver}, and only overlay2 is looked into");
            });
            if (label == DataLabel) report.Apps = AppsInspector.Inspect(tree, store);
        });

        // Where the file system itself is broken, its report says so already.
        if (report.Problem is null && problems.Lines is [var first, ..]) report.ContentProblem = first;
    }
}
