using System.Text;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Pack.Containers;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Planning;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Overlay2;

/// <summary>
/// All of the engine's part of the archive, segment by segment: the folders that everything shares, one segment a layer in the order of
/// the images, and what belongs to images and names.
/// </summary>
internal sealed class EngineSegments(ContainerPlan plan, EngineStore store)
{
    private readonly List<string> _warnings = [];
    private readonly IReadOnlyList<EngineLayer> _layers = plan.NewLayers;

    /// <summary>Things worth knowing, one line each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Gives what all segments add up to, and of their bytes those only that have to be read for that.</summary>
    public async Task PlanAsync(EntrySink sink, LayerFacts facts, CancellationToken cancellationToken)
    {
        sink.Enter(PackPhase.Plan);
        await EmitAsync(sink, WriteFoldersAsync, cancellationToken).ConfigureAwait(false);
        var unknown = new List<EngineLayer>();
        foreach (var layer in _layers)
        {
            if (facts.Find(layer, store.Partition) is { } known) await sink.EndSegmentAsync(known, cancellationToken).ConfigureAwait(false);
            else unknown.Add(layer);
        }

        await EmitLayersAsync(unknown, sink, facts.Keep, cancellationToken).ConfigureAwait(false);
        await EmitAsync(sink, (segment, token) => StoreMetadata.WriteAsync(plan, store, segment, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what is known of the layers.</summary>
    public void Forget(LayerFacts facts)
    {
        foreach (var layer in _layers) facts.Forget(layer);
    }

    /// <summary>Gives all segments.</summary>
    public async Task EmitAsync(EntrySink sink, CancellationToken cancellationToken)
    {
        sink.Enter(PackPhase.Layers, ByteSum.Of(_layers.Select(l => l.Layer.Blob.Size)));
        await EmitAsync(sink, WriteFoldersAsync, cancellationToken).ConfigureAwait(false);
        await EmitLayersAsync(_layers, sink, learned: null, cancellationToken).ConfigureAwait(false);
        await EmitAsync(sink, (segment, token) => StoreMetadata.WriteAsync(plan, store, segment, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task EmitLayersAsync(IReadOnlyList<EngineLayer> layers, EntrySink sink, Action<EngineLayer, SegmentTotals>? learned, CancellationToken cancellationToken)
    {
        if (layers.Count == 0) return;
        await using var queue = new LayerQueue(layers, store, sink.Counters, cancellationToken);
        sink.Counters.Meter = queue.Meter;
        while (await queue.NextAsync().ConfigureAwait(false) is { } run)
        {
            try
            {
                await EmitLayerAsync(run, sink, learned, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The echo of what failed in the stages of this layer, or of one behind it, which says more.
                await queue.ThrowFaultAsync(run).ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task EmitLayerAsync(LayerRun run, EntrySink sink, Action<EngineLayer, SegmentTotals>? learned, CancellationToken cancellationToken)
    {
        sink.Show(Encoding.ASCII.GetBytes(run.Layer.Layer.DiffId.ToString()));
        await foreach (var piece in run.Segment.ReadAllAsync(cancellationToken).ConfigureAwait(false)) await sink.WriteSegmentAsync(piece.Data!, cancellationToken).ConfigureAwait(false);

        var stage = await run.CompleteAsync().ConfigureAwait(false);
        if (!stage.CanReplay) _warnings.Add($"{run.Layer} gives a file twice: an engine cannot rebuild the layer from its files, which a save, a push and a delta update need");
        learned?.Invoke(run.Layer, stage.Totals);
        await sink.EndSegmentAsync(stage.Totals, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteFoldersAsync(SegmentWriter segment, CancellationToken cancellationToken)
    {
        foreach (var (place, mode) in store.SharedFolders) await segment.FolderAsync(place, mode, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives one small segment.</summary>
    private async Task EmitAsync(EntrySink sink, Func<SegmentWriter, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        const int Capacity = 4;
        var channel = StageScope.CreateChannel<ArchivePiece>(Capacity);
        SegmentTotals? totals = null;
        await using var scope = new StageScope(cancellationToken);
        scope.Drain(channel.Reader);
        scope.Start(channel.Writer, async token =>
        {
            await using var segment = new SegmentWriter(channel.Writer, store.Partition);
            await write(segment, token).ConfigureAwait(false);
            await segment.FinishAsync(token).ConfigureAwait(false);
            totals = segment.Totals;
        });
        try
        {
            await foreach (var piece in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) await sink.WriteSegmentAsync(piece.Data!, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The echo of what failed in the segment's own stage, which is thrown next.
        }

        await scope.CompleteAsync().ConfigureAwait(false);
        await sink.EndSegmentAsync(totals!, cancellationToken).ConfigureAwait(false);
    }
}
