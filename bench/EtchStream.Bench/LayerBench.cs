using System.Text;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using EtchStream.Dataflow;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Overlay2;
using EtchStream.Pack.Stages;

namespace EtchStream.Bench;

/// <summary>A layer of many small files, from its tar to its segment of the archive: parsed, translated, recorded for tar-split, written.</summary>
[MemoryDiagnoser]
public class LayerBench
{
    private const int PieceSize = 512 * 1024;
    private byte[] _tar = [];
    private EngineLayer _layer = null!;
    private EngineStore _store = null!;

    /// <summary>Files in it, 3 KB each.</summary>
    [Params(2_000, 20_000)]
    public int Files { get; set; }

    /// <summary>Makes the layer.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("module.exports = 1\n", 158)));
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var name in FileNames.Make(Files, 20))
            {
                await writer.WriteEntryAsync(new TarEntry { Name = name, Kind = FileKind.File, Mode = 0x1A4, Size = content.Length, ModificationTime = new UnixTime(1_700_000_000, 0) });
                await writer.WriteContentAsync(content);
            }

            await writer.FinishAsync();
        }

        _tar = tar.ToArray();
        var diffId = new DiffId(Digest.Sha256(_tar));
        _layer = EngineLayer.On(parent: null, new ImageLayer(new Descriptor(MediaTypes.OciLayer, diffId.Digest, _tar.Length), diffId, ChainId.OfBase(diffId)), new NoSource());
        _store = new EngineStore("data", "docker"u8.ToArray());
    }

    /// <summary>Runs the stage that does it all.</summary>
    [Benchmark]
    public async Task<long> Apply()
    {
        var input = StageScope.CreateChannel<PooledBuffer>(4);
        var output = StageScope.CreateChannel<ArchivePiece>(4);
        var reading = Task.Run(async () =>
        {
            for (var at = 0; at < _tar.Length; at += PieceSize)
            {
                var buffer = PooledBuffer.Rent(PieceSize);
                buffer.Length = Math.Min(PieceSize, _tar.Length - at);
                _tar.AsMemory(at, buffer.Length).CopyTo(buffer.Memory);
                await input.Writer.WriteAsync(buffer);
            }

            input.Writer.Complete();
        });
        long bytes = 0;
        var writing = Task.Run(async () =>
        {
            await foreach (var piece in output.Reader.ReadAllAsync())
            {
                using var data = piece.Data;
                bytes += data?.Length ?? 0;
            }
        });
        await new LayerSegmentStage(_layer, _store).RunAsync(input.Reader, output.Writer, CancellationToken.None);
        output.Writer.Complete();
        await Task.WhenAll(reading, writing);
        return bytes;
    }

    private sealed class NoSource : IImageSource
    {
        public string Location => "bench";

        public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
