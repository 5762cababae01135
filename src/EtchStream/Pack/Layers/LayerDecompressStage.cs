using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Formats.Compression;

namespace EtchStream.Pack.Layers;

/// <summary>Turns a layer's blob into its tar. How it is compressed, its first bytes tell: media types lie, and engines do not look at them either.</summary>
internal static class LayerDecompressStage
{
    /// <summary>Bytes of one buffer of the tar.</summary>
    public const int BufferSize = 512 * 1024;

    /// <summary>Runs.</summary>
    public static async Task RunAsync(ChannelReader<PooledBuffer> input, ChannelWriter<PooledBuffer> output, CancellationToken cancellationToken)
    {
        await using var blob = new ChannelReadStream(input);
        var start = await blob.PeekAsync(cancellationToken).ConfigureAwait(false);
        var format = CompressionDetector.Detect(start.Span);

        // A zip is an archive of its own, not a way to compress a tar.
        await using var tar = Decoders.Default.Open(format == CompressionFormat.Zip ? CompressionFormat.None : format, blob, leaveOpen: true);
        await new BufferedReadStage(tar, BufferSize) { WaitsForReads = true }.RunAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
