using EtchStream.Dataflow;
using EtchStream.Oci;
using EtchStream.Pack.Overlay2;

namespace EtchStream.Pack.Layers;

/// <summary>
/// Opens the layers' blobs. The same diff on several chains is several layers to an engine, but one blob: it is fetched once and kept in
/// memory, compressed as it came, until the last of them has it, as long as that stays within bounds; beyond those it is fetched again.
/// </summary>
internal sealed class LayerBlobs
{
    /// <summary>Bytes that are kept at most at any time.</summary>
    public const long KeptBytes = 64 << 20;

    private readonly Dictionary<DiffId, Shared> _shared = [];
    private readonly Lock _gate = new();
    private long _kept;

    /// <summary>Looks which diffs occur more than once.</summary>
    public LayerBlobs(IEnumerable<EngineLayer> layers)
    {
        foreach (var uses in layers.GroupBy(l => l.Layer.DiffId))
        {
            if (uses.Skip(1).Any()) _shared.Add(uses.Key, new Shared { Uses = uses.Count() });
        }
    }

    /// <summary>Bytes fetched a second time, because they were too many to keep.</summary>
    public long FetchedAgain { get; private set; }

    /// <summary>Opens a layer's blob. Layers have to be opened in their order, so that none waits for one behind it.</summary>
    public async Task<Stream> OpenAsync(EngineLayer layer, CancellationToken cancellationToken)
    {
        if (!_shared.TryGetValue(layer.Layer.DiffId, out var shared)) return await FetchAsync(layer, cancellationToken).ConfigureAwait(false);
        Task<ChunkedMemory>? kept;
        var isFirst = false;
        lock (_gate)
        {
            shared.Uses--;
            if (shared.Content is null && !shared.IsTooLarge)
            {
                isFirst = true;
                shared.IsTooLarge = layer.Layer.Blob.Size > KeptBytes - _kept;
                if (!shared.IsTooLarge)
                {
                    _kept += layer.Layer.Blob.Size;
                    shared.Content = new TaskCompletionSource<ChunkedMemory>(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            kept = shared.Content?.Task;
            if (!isFirst && kept is null) FetchedAgain += layer.Layer.Blob.Size;
        }

        if (kept is null) return await FetchAsync(layer, cancellationToken).ConfigureAwait(false);
        if (isFirst) return await FetchAndKeepAsync(layer, shared.Content!, cancellationToken).ConfigureAwait(false);
        var content = await kept.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            // Several may have waited: only one of them gives the room back.
            if (shared.Uses == 0 && shared.Content is not null)
            {
                _kept -= content.Length;
                shared.Content = null;
            }
        }

        return content.OpenRead();
    }

    private static async Task<Stream> FetchAndKeepAsync(EngineLayer layer, TaskCompletionSource<ChunkedMemory> complete, CancellationToken cancellationToken)
    {
        try
        {
            return new KeepingStream(await FetchAsync(layer, cancellationToken).ConfigureAwait(false), complete);
        }
        catch (Exception e)
        {
            complete.TrySetException(e);
            throw;
        }
    }

    private static Task<Stream> FetchAsync(EngineLayer layer, CancellationToken cancellationToken) => layer.Source.OpenBlobAsync(layer.Layer.Blob, cancellationToken);

    private sealed class Shared
    {
        public int Uses { get; set; }

        public bool IsTooLarge { get; set; }

        public TaskCompletionSource<ChunkedMemory>? Content { get; set; }
    }
}
