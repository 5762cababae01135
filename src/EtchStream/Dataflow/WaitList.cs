namespace EtchStream.Dataflow;

/// <summary>
/// What a run is waiting for, so that a stall can be explained: each read and write that others may hold up notes when it began. Where
/// none has been under way for long, the run is busy by itself.
/// </summary>
internal sealed class WaitList(TimeProvider clock)
{
    /// <summary>A wait that is shorter is none: each of thousands of reads takes a moment.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<WaitPoint> _points = [];

    /// <summary>A timestamp, never 0.</summary>
    public long Now => Math.Max(1, clock.GetTimestamp());

    /// <summary>Adds a place.</summary>
    /// <param name="what">What is waited for there.</param>
    public WaitPoint Add(string what)
    {
        var point = new WaitPoint(this, what);
        lock (_gate) _points.Add(point);
        return point;
    }

    /// <summary>Takes a place away.</summary>
    public void Remove(WaitPoint point)
    {
        lock (_gate) _points.Remove(point);
    }

    /// <summary>What is waited for now, the longest first.</summary>
    public IReadOnlyList<Wait> Current()
    {
        lock (_gate)
        {
            List<Wait>? waits = null;
            foreach (var point in _points)
            {
                if (point.Since is not 0 and var since && clock.GetElapsedTime(since) is var time && time >= Shortest) (waits ??= []).Add(new Wait(point.What, time));
            }

            waits?.Sort(static (a, b) => b.Time.CompareTo(a.Time));
            return waits ?? (IReadOnlyList<Wait>)[];
        }
    }
}
