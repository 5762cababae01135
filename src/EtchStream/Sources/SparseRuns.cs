using EtchStream.Formats.IO;

namespace EtchStream.Sources;

/// <summary>
/// Collects a file's stretches of data in whole granules. A file of countless small stretches gets a coarser map instead of a
/// longer one: holes that are lost are written as the zeros they read as.
/// </summary>
internal sealed class SparseRuns(long granularity, long length)
{
    /// <summary>As many stretches as a map may have. Below what tar readers accept.</summary>
    public const int MaxRuns = 500_000;

    private List<DataRun> _runs = [];
    private long _granularity = granularity;

    /// <summary>Adds a stretch that starts at or behind the last one's start.</summary>
    public void Add(long offset, long count)
    {
        if (count <= 0) return;
        Append(_runs, offset, count);
        while (_runs.Count > MaxRuns) Coarsen();
    }

    /// <summary>The map; null when all of the file is data.</summary>
    public IReadOnlyList<DataRun>? ToMap() => _runs is [{ Offset: 0 } only] && only.Length == length ? null : length == 0 ? null : _runs;

    private void Append(List<DataRun> runs, long offset, long count)
    {
        var start = offset - (offset % _granularity);
        var rest = (offset + count) % _granularity;
        var whole = offset + count - rest;
        var end = rest == 0 ? whole : whole + Math.Min(_granularity, length - whole);
        if (runs.Count > 0 && runs[^1].End >= start) runs[^1] = runs[^1] with { Length = Math.Max(end, runs[^1].End) - runs[^1].Offset };
        else runs.Add(new DataRun(start, end - start));
    }

    private void Coarsen()
    {
        _granularity *= 2;
        var coarse = new List<DataRun>(_runs.Count / 2);
        foreach (var run in _runs) Append(coarse, run.Offset, run.Length);
        _runs = coarse;
    }
}
