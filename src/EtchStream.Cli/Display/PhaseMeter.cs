namespace EtchStream.Cli.Display;

/// <summary>How far one phase is, and how fast it has been lately.</summary>
internal sealed class PhaseMeter(string name, TimeSpan started)
{
    /// <summary>Long enough to even out, short enough to follow a line that became slower.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    private readonly Queue<(TimeSpan Time, long Bytes)> _samples = new();
    private (TimeSpan Time, long Bytes) _last = (started, 0);
    private TimeSpan _sampled;
    private TimeSpan? _ended;
    private long? _total;

    /// <summary>Takes how far it is.</summary>
    public void Take(TimeSpan now, long bytes, long? total)
    {
        _total = total;
        _last = (now, bytes);
        if (_samples.Count > 0 && now - _sampled < Spacing) return;
        _sampled = now;
        _samples.Enqueue(_last);
        while (_samples.Count > 2 && now - _samples.Peek().Time > Window) _samples.Dequeue();
    }

    /// <summary>Another phase has begun.</summary>
    public void End(TimeSpan now) => _ended ??= now;

    /// <summary>What can be shown of it.</summary>
    public PhaseView View(TimeSpan now)
    {
        var elapsed = (_ended ?? now) - started;
        var rate = Rate(now, elapsed);
        TimeSpan? left = _total is { } total && rate > 0 && _ended is null ? TimeSpan.FromSeconds(Math.Min(MaxSeconds, Math.Max(0, total - _last.Bytes) / rate)) : null;
        return new PhaseView(name, _last.Bytes, _total, elapsed, rate, left, _ended is not null);
    }

    private const double MaxSeconds = 100L * 24 * 3600;

    private double Rate(TimeSpan now, TimeSpan elapsed)
    {
        if (_ended is not null) return elapsed > TimeSpan.Zero ? _last.Bytes / elapsed.TotalSeconds : 0;
        if (_samples.Count == 0) return 0;
        var (time, bytes) = _samples.Peek();

        // Up to now and not to the last report: while nothing comes, it sinks.
        var span = now - time;
        return span >= Spacing ? Math.Max(0, _last.Bytes - bytes) / span.TotalSeconds : 0;
    }
}
