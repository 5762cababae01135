using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Overlay2;
using EtchStream.Pack.Stages;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Makes layers of tars and runs them to their segments.</summary>
internal static class LayerRuns
{
    /// <summary>The members' names up to the engine's data root.</summary>
    public const string Root = "inject/data/docker";

    public static EngineStore Store { get; } = new("data", "docker"u8.ToArray());

    public static Task<SegmentReplay> ReadAsync(EngineLayer layer, byte[] segment) => SegmentReplay.ReadAsync(segment, Root, layer.Names.CacheId, layer.Layer.ChainId.Hex);

    public static ImageLayer ImageLayer(byte[] tar, byte[] blob, EngineLayer? parent = null)
    {
        var diffId = new DiffId(Digest.Sha256(tar));
        return new ImageLayer(new Descriptor(MediaTypes.OciLayer, Digest.Sha256(blob), blob.Length), diffId, parent?.Layer.ChainId.Append(diffId) ?? ChainId.OfBase(diffId));
    }

    public static EngineLayer Layer(byte[] tar, byte[] blob, EngineLayer? parent = null, Func<Stream>? open = null)
    {
        var source = new LayerSource();
        var layer = ImageLayer(tar, blob, parent);
        source.Add(layer.Blob, open ?? (() => new MemoryStream(blob)));
        return EngineLayer.On(parent, layer, source);
    }

    public static byte[] Zstd(byte[] content)
    {
        using var output = new MemoryStream();
        using (var encoder = Formats.Compression.Encoders.Zstd.OpenEncoder(output, leaveOpen: true)) encoder.Write(content);
        return output.ToArray();
    }

    public static async Task<(byte[] Segment, bool CanReplay)> RunAsync(EngineLayer layer)
    {
        await using var run = LayerRun.Start(layer, new LayerBlobs([layer]), new ByteMeter(), Store, new PackCounters(progress: null), CancellationToken.None);
        byte[] segment;
        try
        {
            segment = await CollectAsync(run.Segment);
        }
        catch (Exception)
        {
            await run.CompleteAsync();
            throw;
        }

        return (segment, (await run.CompleteAsync()).CanReplay);
    }

    /// <summary>The same with the tar in pieces of one size.</summary>
    public static async Task<byte[]> CutAsync(EngineLayer layer, byte[] tar, int size)
    {
        var input = Channel.CreateBounded<PooledBuffer>(2);
        var output = Channel.CreateUnbounded<ArchivePiece>();
        var writing = Task.Run(async () =>
        {
            for (var at = 0; at < tar.Length; at += size)
            {
                var buffer = PooledBuffer.Rent(size);
                buffer.Length = Math.Min(size, tar.Length - at);
                tar.AsMemory(at, buffer.Length).CopyTo(buffer.Memory);
                await input.Writer.WriteAsync(buffer);
            }

            input.Writer.Complete();
        });
        await new LayerSegmentStage(layer, Store).RunAsync(input.Reader, output.Writer, CancellationToken.None);
        await writing;
        output.Writer.Complete();
        return await CollectAsync(output.Reader);
    }

    public static async Task<byte[]> CollectAsync(ChannelReader<ArchivePiece> pieces)
    {
        using var bytes = new MemoryStream();
        await foreach (var piece in pieces.ReadAllAsync())
        {
            bytes.Write(piece.Data!.Data.Span);
            piece.Data.Dispose();
        }

        return bytes.ToArray();
    }
}
