using EtchStream.Archive;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Stages;

/// <summary>Counts what goes into each partition, for the trailer.</summary>
internal sealed class PartitionTally
{
    private const int BlockSize = 4096;

    private readonly Dictionary<string, Sums> _partitions = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Starts with the partitions in the order of the manifest; one that gets nothing counts zero.</summary>
    public PartitionTally(IEnumerable<ManifestPartition> partitions)
    {
        foreach (var partition in partitions) _ = Of(partition.Selector);
    }

    /// <summary>Counts a member, if it is for a partition.</summary>
    public void Add(TarEntry entry)
    {
        var name = ArchiveNames.Parse(entry.Name);
        if (name.Kind != ArchiveNameKind.Inject) return;
        var sums = Of(name.Partition);
        sums.Entries++;
        if (entry.Kind != FileKind.HardLink) sums.Inodes++;
        if (entry.Kind != FileKind.File) return;
        sums.Bytes += entry.ContentLength;
        if (entry.DataRuns is null) sums.Blocks += Blocks(entry.Size);
        else foreach (var run in entry.DataRuns) sums.Blocks += Blocks(run.Length);
    }

    /// <summary>The sums so far.</summary>
    public IReadOnlyList<TrailerPartition> ToList() =>
    [
        .. _order.Select(p => new TrailerPartition
        {
            Partition = p,
            Entries = _partitions[p].Entries,
            Bytes = _partitions[p].Bytes,
            Blocks = _partitions[p].Blocks,
            Inodes = _partitions[p].Inodes,
        }),
    ];

    private static long Blocks(long bytes) => (bytes / BlockSize) + (bytes % BlockSize == 0 ? 0 : 1);

    private Sums Of(string partition)
    {
        if (_partitions.TryGetValue(partition, out var sums)) return sums;
        sums = new Sums();
        _partitions.Add(partition, sums);
        _order.Add(partition);
        return sums;
    }

    private sealed class Sums
    {
        public long Entries { get; set; }

        public long Bytes { get; set; }

        public long Blocks { get; set; }

        public long Inodes { get; set; }
    }
}
