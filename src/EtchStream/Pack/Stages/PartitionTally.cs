using EtchStream.Archive;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Planning;

namespace EtchStream.Pack.Stages;

/// <summary>Counts what goes into each partition, for the trailer.</summary>
internal sealed class PartitionTally
{
    private readonly Dictionary<string, SegmentTotals> _partitions = new(StringComparer.Ordinal);
    private readonly List<SegmentTotals> _order = [];

    private readonly ReplacedFiles _replaced;

    /// <summary>Starts with the partitions in the order of the manifest; one that gets nothing counts zero.</summary>
    public PartitionTally(IEnumerable<ManifestPartition> partitions, ReplacedFiles replaced)
    {
        _replaced = replaced;
        foreach (var partition in partitions) _ = Of(partition.Selector);
    }

    /// <summary>Counts a member, if it is for a partition.</summary>
    public void Add(TarEntry entry)
    {
        var name = ArchiveNames.Parse(entry.Name);
        if (name.Kind != ArchiveNameKind.Inject) return;
        var sums = Of(name.Partition);
        sums.Add(entry);
        if (entry.Kind == FileKind.HardLink) return;
        var (blocks, inodes) = _replaced.Of(name.Partition, name.Path, entry);
        sums.Replace(blocks, inodes);
    }

    /// <summary>Adds what a whole segment counted.</summary>
    public void Add(SegmentTotals segment) => Of(segment.Partition).Add(segment);

    /// <summary>The sums so far.</summary>
    public IReadOnlyList<TrailerPartition> ToList() =>
    [
        .. _order.Select(p => new TrailerPartition { Partition = p.Partition, Entries = p.Entries, Bytes = p.Bytes, Blocks = Math.Max(0, p.Blocks), Inodes = Math.Max(0, p.Inodes) }),
    ];

    private SegmentTotals Of(string partition)
    {
        if (_partitions.TryGetValue(partition, out var sums)) return sums;
        sums = new SegmentTotals(partition);
        _partitions.Add(partition, sums);
        _order.Add(sums);
        return sums;
    }
}
