using EtchStream.Archive;
using EtchStream.Dataflow;

namespace EtchStream.Pack;

/// <summary>
/// Where a pack run notes how far it is. One stage at a time writes; whoever reports may see fields of slightly different moments, which
/// does for a progress bar.
/// </summary>
internal sealed class PackCounters(IProgress<PackProgress>? progress, TimeProvider? clock = null)
{
    private readonly Lock _reporting = new();
    private readonly Lock _gate = new();
    private readonly List<(string DiffId, long Size, ByteMeter Meter)> _layers = [];
    private PackPhase _phase;
    private long _total = -1;
    private long _bytes;
    private long _entries;
    private byte[]? _current;
    private ByteMeter? _meter;

    /// <summary>What is waited for.</summary>
    public WaitList Waits { get; } = new(clock ?? TimeProvider.System);

    /// <summary>Bytes of the phase so far.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>What counts the phase's bytes where several streams bring them at once; null where <see cref="Bytes"/> does.</summary>
    public ByteMeter? Meter
    {
        get => Volatile.Read(ref _meter);
        set => Volatile.Write(ref _meter, value);
    }

    /// <summary>Members begun so far.</summary>
    public long Entries
    {
        get => Volatile.Read(ref _entries);
        set => Volatile.Write(ref _entries, value);
    }

    /// <summary>Name of the member at hand.</summary>
    public byte[]? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>Begins a phase, and reports it, however short it is going to be.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="totalBytes">Bytes that it will read; null where that is not known.</param>
    public void Enter(PackPhase phase, long? totalBytes = null)
    {
        lock (_gate)
        {
            _phase = phase;
            Volatile.Write(ref _total, totalBytes ?? -1);
            Bytes = 0;
            Meter = null;
            Current = null;
        }

        Report();
    }

    /// <summary>A layer is on its way.</summary>
    public void Add(string diffId, long size, ByteMeter meter)
    {
        lock (_gate) _layers.Add((diffId, size, meter));
    }

    /// <summary>It has come.</summary>
    public void Remove(ByteMeter meter)
    {
        lock (_gate) _layers.RemoveAll(l => l.Meter == meter);
    }

    /// <summary>Tells how far the run is.</summary>
    public void Report()
    {
        if (progress is null) return;
        lock (_reporting) progress.Report(Snapshot());
    }

    private PackProgress Snapshot()
    {
        lock (_gate)
        {
            return new PackProgress(_phase, Meter?.Bytes ?? Bytes, _total < 0 ? null : _total, Entries, Current is { } name ? ArchiveNames.Display(name) : null)
            {
                Layers = _layers.ConvertAll(l => new LayerProgress(l.DiffId, l.Meter.Bytes, l.Size)),
                Waits = Waits.Current(),
            };
        }
    }
}
