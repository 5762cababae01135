using EtchStream.Dataflow;
using EtchStream.Pack.Overlay2;

namespace EtchStream.Pack.Layers;

/// <summary>
/// Runs layers side by side, a few at a time, and gives them in their order. The first that fails, wherever it stands, stops all: nobody
/// waits for gigabytes of one layer to learn that another cannot be had.
/// </summary>
internal sealed class LayerQueue : IAsyncDisposable
{
    // Enough to keep a registry busy while one layer is decompressed and the next is waited for.
    private const int LayersAtOnce = 3;

    private readonly IReadOnlyList<EngineLayer> _layers;
    private readonly EngineStore _store;
    private readonly PackCounters _counters;
    private readonly LayerBlobs _blobs;
    private readonly CancellationTokenSource _stop;
    private readonly Queue<LayerRun> _running = new();
    private readonly List<Task> _watches = [];
    private LayerRun? _failed;
    private int _next;

    public LayerQueue(IReadOnlyList<EngineLayer> layers, EngineStore store, PackCounters counters, CancellationToken cancellationToken)
    {
        _layers = layers;
        _store = store;
        _counters = counters;
        _blobs = new LayerBlobs(layers);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Counts the blobs' bytes.</summary>
    public ByteMeter Meter { get; } = new();

    /// <summary>Ends the layer that was given last, and gives the next.</summary>
    /// <returns>Null behind the last one.</returns>
    public async Task<LayerRun?> NextAsync()
    {
        if (_running.TryDequeue(out var done)) await done.DisposeAsync().ConfigureAwait(false);
        while (_running.Count < LayersAtOnce && _next < _layers.Count)
        {
            var run = LayerRun.Start(_layers[_next++], _blobs, Meter, _store, _counters, _stop.Token);
            _running.Enqueue(run);
            _watches.Add(WatchAsync(run));
        }

        return _running.TryPeek(out var first) ? first : null;
    }

    /// <summary>Throws what stopped a layer: a fault of its own, or that of another one.</summary>
    public async Task ThrowFaultAsync(LayerRun stopped)
    {
        try
        {
            await stopped.CompleteAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Then it was stopped for another's sake, which was noted before.
            if (Volatile.Read(ref _failed) is { } other) await other.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var run in _running) await run.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_watches).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync(LayerRun run)
    {
        try
        {
            await run.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What is cancelled from outside, or by another's fault, is no cause.
            if (e is OperationCanceledException && _stop.IsCancellationRequested) return;
            Interlocked.CompareExchange(ref _failed, run, null);
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }
}
