using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Stages;

/// <summary>What members for one partition add up to, for the trailer.</summary>
internal sealed class SegmentTotals(string partition)
{
    private const int BlockSize = 4096;

    /// <summary>Sums that are known already.</summary>
    public SegmentTotals(string partition, long entries, long bytes, long blocks, long inodes)
        : this(partition) => (Entries, Bytes, Blocks, Inodes) = (entries, bytes, blocks, inodes);

    /// <summary>The partition's selector.</summary>
    public string Partition { get; } = partition;

    /// <summary>Members of every kind.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of content, holes not counted.</summary>
    public long Bytes { get; private set; }

    /// <summary>Blocks of 4096 bytes that the contents take, without those that are replaced.</summary>
    public long Blocks { get; private set; }

    /// <summary>Members that are no hard links and replace nothing.</summary>
    public long Inodes { get; private set; }

    /// <summary>Counts a member.</summary>
    public void Add(TarEntry entry)
    {
        Entries++;
        if (entry.Kind != FileKind.HardLink) Inodes++;
        if (entry.Kind != FileKind.File) return;
        Bytes += entry.ContentLength;
        if (entry.DataRuns is null) Blocks += BlocksOf(entry.Size);
        else Blocks += BlocksOf(entry.DataRuns);
    }

    /// <summary>Takes off what a member replaces. What follows can use it: a sum may be below nothing.</summary>
    public void Replace(long blocks, long inodes) => (Blocks, Inodes) = (Blocks - blocks, Inodes - inodes);

    /// <summary>Adds another sum for the same partition.</summary>
    public void Add(SegmentTotals other)
    {
        Entries += other.Entries;
        Bytes += other.Bytes;
        Blocks += other.Blocks;
        Inodes += other.Inodes;
    }

    // Two runs may share a block.
    private static long BlocksOf(IReadOnlyList<DataRun> runs)
    {
        long count = 0, next = 0;
        foreach (var run in runs)
        {
            if (run.Length == 0) continue;
            var end = BlocksOf(run.End);
            count += end - Math.Max(next, run.Offset / BlockSize);
            next = end;
        }

        return count;
    }

    private static long BlocksOf(long bytes) => (bytes / BlockSize) + (bytes % BlockSize == 0 ? 0 : 1);
}
