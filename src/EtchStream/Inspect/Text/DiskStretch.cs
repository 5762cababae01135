namespace EtchStream.Inspect.Text;

/// <summary>A stretch of a disk as it is drawn: a partition, or room that belongs to none.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes; of a partition that ends behind the image, those that are there.</param>
/// <param name="Number">The partition's number; null for room without one, and for a file system that fills the image.</param>
/// <param name="Label">The partition's label or name.</param>
/// <param name="FileSystem">What it holds; null where that is not known.</param>
/// <param name="Extended">The number of the extended partition that it lies in.</param>
/// <param name="IsGap">Whether no partition is here.</param>
internal sealed record DiskStretch(long Start, long Length, int? Number, string? Label, FileSystemReport? FileSystem, int? Extended, bool IsGap)
{
    private const long SmallestGap = 1 << 20;

    /// <summary>Cuts a disk into stretches, in the order of the disk.</summary>
    /// <param name="image">The disk.</param>
    /// <param name="columns">How many columns it is drawn in: a gap of less than a MiB that does not fill one is left out.</param>
    public static IReadOnlyList<DiskStretch> Of(ImageReport image, int columns)
    {
        if (image.Partitions.Count == 0) return [new DiskStretch(0, image.Size, null, image.FileSystem?.Label, image.FileSystem, null, IsGap: image.FileSystem is null)];
        var smallestGap = Math.Min(SmallestGap, image.Size / columns);
        var extended = image.Partitions.Where(p => p.IsExtended).ToList();
        var result = new List<DiskStretch>();
        long at = 0;
        foreach (var partition in image.Partitions.Where(p => !p.IsExtended).OrderBy(p => p.Start).ThenBy(p => p.Number))
        {
            var start = Math.Min(partition.Start, image.Size);
            var end = Math.Min(EndOf(partition), image.Size);
            AddGaps(result, at, start, extended, smallestGap);
            var label = partition.FileSystem?.Label ?? partition.Name;
            result.Add(new DiskStretch(start, end - start, partition.Number, string.IsNullOrEmpty(label) ? null : label, partition.FileSystem, ExtendedAt(extended, partition.Start), IsGap: false));
            at = Math.Max(at, end);
        }

        AddGaps(result, at, image.Size, extended, smallestGap);

        // An extended partition alone, on a disk too small for a gap.
        if (result.Count == 0) result.Add(new DiskStretch(0, image.Size, null, null, null, null, IsGap: true));
        return result;
    }

    /// <summary>Adds what lies between two partitions: a gap ends where an extended partition begins or ends.</summary>
    private static void AddGaps(List<DiskStretch> result, long from, long to, List<PartitionReport> extended, long smallest)
    {
        var edges = extended.SelectMany(e => (long[])[e.Start, EndOf(e)]).Where(edge => edge > from && edge < to).Append(to).Order();
        foreach (var edge in edges)
        {
            var inside = ExtendedAt(extended, from);
            if (edge > from && edge - from >= smallest) result.Add(new DiskStretch(from, edge - from, null, null, null, inside, IsGap: true));
            from = edge;
        }
    }

    private static int? ExtendedAt(List<PartitionReport> extended, long position) => extended.Find(e => e.Start <= position && position < EndOf(e))?.Number;

    private static long EndOf(PartitionReport partition) => partition.Size > long.MaxValue - partition.Start ? long.MaxValue : partition.Start + partition.Size;
}
