namespace EtchStream.Formats.Partitions;

/// <summary>Collects what occupies which bytes of a disk, and refuses a table in which two things lie on the same bytes.</summary>
/// <remarks>A write into one of two overlapping partitions destroys the other, so such a table is never used.</remarks>
internal sealed class OverlapCheck
{
    private readonly List<(long Start, long End, string What)> _ranges = [];

    /// <summary>Adds a range; an empty one is left out.</summary>
    public void Add(long start, long length, string what)
    {
        if (length > 0) _ranges.Add((start, start + length, what));
    }

    /// <summary>Throws for the first two ranges, by position, that share a byte.</summary>
    public void ThrowIfAny()
    {
        _ranges.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));

        // Kept sorted by start, a range can only overlap an earlier one if it overlaps the one that reaches farthest.
        for (int i = 1, farthest = 0; i < _ranges.Count; i++)
        {
            var (start, end, what) = _ranges[i];
            var before = _ranges[farthest];
            if (start < before.End)
            {
                throw new CorruptFormatException(what, start, $"it overlaps {before.What}, which lies at bytes {before.Start} to {before.End}");
            }

            if (end > before.End) farthest = i;
        }
    }
}
