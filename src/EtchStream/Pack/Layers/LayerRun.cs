using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Pack.Overlay2;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Layers;

/// <summary>
/// One layer on its way from its blob to its segment of the archive:
/// <code>
/// blob, its digest ─→ decompress ─→ diff ID ─→ tar entries → members, tar-split
/// BufferedReadStage   LayerDecompressStage   DiffIdStage   LayerSegmentStage
/// </code>
/// Several run side by side; each stops when its channels are full, so that none holds more than a few MiB.
/// </summary>
internal sealed class LayerRun : IAsyncDisposable
{
    private const int BlobBufferSize = 256 * 1024;
    private const int BlobBuffers = 8;
    private const int TarBuffers = 2;
    private const int Pieces = 4;

    private readonly StageScope _scope;
    private readonly Channel<ArchivePiece> _segment = StageScope.CreateChannel<ArchivePiece>(Pieces);
    private readonly LayerSegmentStage _stage;
    private readonly EngineLayer _layer;
    private readonly PackCounters _counters;
    private readonly ByteMeter _meter;
    private readonly WaitPoint _wait;

    private LayerRun(EngineLayer layer, ByteMeter meter, EngineStore store, PackCounters counters, CancellationToken cancellationToken)
    {
        _layer = layer;
        _counters = counters;
        _meter = new ByteMeter(meter);
        _wait = counters.Waits.Add(layer.ToString());
        _scope = new StageScope(cancellationToken);
        _stage = new LayerSegmentStage(layer, store);
    }

    /// <summary>The layer.</summary>
    public EngineLayer Layer => _layer;

    /// <summary>The segment's bytes.</summary>
    public ChannelReader<ArchivePiece> Segment => _segment.Reader;

    /// <summary>Starts.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="blobs">Where its blob is had from.</param>
    /// <param name="meter">Counts the blobs' bytes.</param>
    /// <param name="store">Where its members go.</param>
    /// <param name="counters">Get to know how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static LayerRun Start(EngineLayer layer, LayerBlobs blobs, ByteMeter meter, EngineStore store, PackCounters counters, CancellationToken cancellationToken)
    {
        var run = new LayerRun(layer, meter, store, counters, cancellationToken);
        counters.Add(layer.Layer.DiffId.ToString(), layer.Layer.Blob.Size, run._meter);
        var blob = StageScope.CreateChannel<PooledBuffer>(BlobBuffers);
        var tar = StageScope.CreateChannel<PooledBuffer>(TarBuffers);
        var verified = StageScope.CreateChannel<PooledBuffer>(TarBuffers);
        var scope = run._scope;
        scope.Drain(blob.Reader);
        scope.Drain(tar.Reader);
        scope.Drain(verified.Reader);
        scope.Drain(run._segment.Reader);

        // Here and not in the stage: stages begin in any order, and a layer must not wait for the blob of one behind it.
        run._wait.Begin();
        var opened = blobs.OpenAsync(layer, scope.Token);
        scope.Start(blob.Writer, async token =>
        {
            await using var stream = run._meter.Measure(await opened.ConfigureAwait(false), run._wait);
            run._wait.End();
            await new BufferedReadStage(stream, BlobBufferSize) { WaitsForReads = true }.RunAsync(blob.Writer, token).ConfigureAwait(false);
        });
        scope.Start(tar.Writer, token => ToTheEndAsync(LayerDecompressStage.RunAsync(blob.Reader, tar.Writer, token), blob.Reader, token));
        scope.Start(verified.Writer, token => new DiffIdStage(layer.Layer.DiffId).RunAsync(tar.Reader, verified.Writer, token));
        scope.Start(run._segment.Writer, token => ToTheEndAsync(run._stage.RunAsync(verified.Reader, run._segment.Writer, token), verified.Reader, token));
        return run;
    }

    /// <summary>
    /// Bytes that were damaged on their way break a format long before their digest is known. So the digest is waited for: if it is wrong,
    /// that is the error, and the same one on every run; if it is right, it is the image that is broken.
    /// </summary>
    private static async Task ToTheEndAsync(Task stage, ChannelReader<PooledBuffer> input, CancellationToken cancellationToken)
    {
        try
        {
            await stage.ConfigureAwait(false);
        }
        catch (CorruptFormatException)
        {
            await foreach (var unread in input.ReadAllAsync(cancellationToken).ConfigureAwait(false)) unread.Dispose();
            throw;
        }
    }

    /// <summary>Waits for all stages, once the segment was read.</summary>
    /// <returns>The stage that wrote the segment, with its sums.</returns>
    /// <exception cref="IOException">What went wrong first, with the layer's name.</exception>
    public async Task<LayerSegmentStage> CompleteAsync()
    {
        try
        {
            await _scope.CompleteAsync().ConfigureAwait(false);
            return _stage;
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            throw ErrorContext.Wrap(e, _layer.ToString());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync().ConfigureAwait(false);
        _counters.Remove(_meter);
        _wait.Dispose();
    }
}
