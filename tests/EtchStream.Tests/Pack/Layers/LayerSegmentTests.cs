using System.Text;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Pack;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Overlay2;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using EtchStream.Tests.Unpack;
using Xunit;
using EngineLayer = EtchStream.Pack.Overlay2.EngineLayer;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>A layer's segment holds what an engine needs to mount the layer, and to put its tar together again, bit by bit.</summary>
[Collection(PipelineCollection.Name)]
public sealed class LayerSegmentTests : IDisposable
{
    private readonly long _buffersBefore = PooledBuffer.Outstanding;

    public static TheoryData<string> Tars => [.. LayerTars.All.Keys];

    public static TheoryData<string> Cases => [.. LayerCases.All.Where(c => c.Replays).Select(c => c.Name)];

    public void Dispose() => Assert.Equal(_buffersBefore, PooledBuffer.Outstanding);

    [Theory]
    [MemberData(nameof(Tars))]
    public async Task A_layers_tar_is_rebuilt_bit_by_bit_and_the_segment_does_not_depend_on_how_it_comes(string name)
    {
        var tar = LayerTars.All[name];
        var layer = LayerRuns.Layer(tar, TestImage.Gzip(tar));
        var (segment, canReplay) = await LayerRuns.RunAsync(layer);
        var replay = await LayerRuns.ReadAsync(layer, segment);
        Assert.True(canReplay);
        Assert.Equal(layer.Layer.DiffId.Digest, Digest.Sha256(replay.Rebuild()));
        foreach (var size in tar.Length > 100_000 ? (int[])[511, 65_537] : [1, 7, 512, 4096]) Assert.Equal(segment, await LayerRuns.CutAsync(layer, tar, size));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whatever_a_layer_does_its_tar_is_rebuilt_and_its_files_are_those_of_the_translation(string name)
    {
        var layerCase = LayerCases.All.Single(c => c.Name == name);
        var tar = layerCase.Tar.ToArray();
        var layer = LayerRuns.Layer(tar, tar);
        var (segment, canReplay) = await LayerRuns.RunAsync(layer);
        Assert.True(canReplay);
        var replay = await LayerRuns.ReadAsync(layer, segment);
        Assert.Equal(layer.Layer.DiffId.Digest, Digest.Sha256(replay.Rebuild()));

        // The folder itself is made first, whatever the layer says of it.
        var expected = layerCase.Expected.Any(line => line.StartsWith("/ ", StringComparison.Ordinal)) ? layerCase.Expected : [.. layerCase.Expected, "/ d755 at 0"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), replay.Diff.Lines);
    }

    [Fact]
    public async Task The_segment_has_the_engines_files_about_the_layer()
    {
        var tar = new LayerTar().File("a", "0123456789").Symlink("s", "a").End();
        var below = EngineLayer.On(null, LayerRuns.ImageLayer("below"u8.ToArray(), []), new LayerSource());
        var middle = EngineLayer.On(below, LayerRuns.ImageLayer("middle"u8.ToArray(), [], below), new LayerSource());
        var layer = LayerRuns.Layer(tar, tar, middle);
        var replay = await LayerRuns.ReadAsync(layer, (await LayerRuns.RunAsync(layer)).Segment);
        var folder = $"{LayerRuns.Root}/overlay2/{layer.Names.CacheId}";
        Assert.Equal(
            [
                $"{folder} Directory 710", $"{folder}/diff Directory 755", $"{folder}/diff/a File 644", $"{folder}/diff/s SymbolicLink 777", $"{folder}/link File 644", $"{folder}/lower File 644", $"{folder}/work Directory 700",
                $"{LayerRuns.Root}/overlay2/l/{layer.Names.Link} SymbolicLink 777", $"{replay.Database} Directory 700", $"{replay.Database}/cache-id File 644", $"{replay.Database}/diff File 644", $"{replay.Database}/parent File 644",
                $"{replay.Database}/size File 644", $"{replay.Database}/tar-split.json.gz File 644",
            ],
            replay.Members.Select(m => $"{Encoding.UTF8.GetString(m.Entry.Name)} {m.Entry.Kind} {Convert.ToString(m.Entry.Mode, 8)}"));
        Assert.Equal(layer.Names.Link, Text(replay, $"{folder}/link"));
        Assert.Equal($"l/{middle.Names.Link}:l/{below.Names.Link}", Text(replay, $"{folder}/lower"));
        Assert.Equal(layer.Names.CacheId, Text(replay, $"{replay.Database}/cache-id"));
        Assert.Equal(layer.Layer.DiffId.ToString(), Text(replay, $"{replay.Database}/diff"));
        Assert.Equal(middle.Layer.ChainId.ToString(), Text(replay, $"{replay.Database}/parent"));
        Assert.Equal("11", Text(replay, $"{replay.Database}/size"));
        Assert.Equal($"../{layer.Names.CacheId}/diff", Encoding.UTF8.GetString(replay.Members.Single(m => m.Entry.Kind == FileKind.SymbolicLink && m.Entry.LinkName.Length > 1).Entry.LinkName));
    }

    [Fact]
    public async Task A_base_has_no_lower_no_work_and_no_parent()
    {
        var tar = new LayerTar().End();
        var layer = LayerRuns.Layer(tar, tar);
        var names = (await LayerRuns.ReadAsync(layer, (await LayerRuns.RunAsync(layer)).Segment)).Members.Select(m => Encoding.UTF8.GetString(m.Entry.Name)).ToList();
        Assert.DoesNotContain(names, name => name.EndsWith("/lower", StringComparison.Ordinal) || name.EndsWith("/work", StringComparison.Ordinal) || name.EndsWith("/parent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_records_are_those_that_an_engine_writes()
    {
        var tar = new LayerTar().Folder("d/").File("d/a", "a").File("d/e").File(".wh.x").Symlink("s", "d").End();
        var layer = LayerRuns.Layer(tar, tar);
        var records = (await LayerRuns.ReadAsync(layer, (await LayerRuns.RunAsync(layer)).Segment)).Records;
        string Raw(int start, int length) => Convert.ToBase64String(tar.AsSpan(start, length));
        Assert.Equal(
            [
                $"{{\"type\":2,\"payload\":\"{Raw(0, 512)}\",\"position\":0}}", "{\"type\":1,\"name\":\"d/\",\"payload\":null,\"position\":1}",
                $"{{\"type\":2,\"payload\":\"{Raw(512, 512)}\",\"position\":2}}", "{\"type\":1,\"name\":\"d/a\",\"size\":1,\"payload\":\"NCAAAAAAAAA=\",\"position\":3}",
                $"{{\"type\":2,\"payload\":\"{Raw(1025, 1023)}\",\"position\":4}}", "{\"type\":1,\"name\":\"d/e\",\"payload\":null,\"position\":5}",
                $"{{\"type\":2,\"payload\":\"{Raw(2048, 512)}\",\"position\":6}}", "{\"type\":1,\"name\":\".wh.x\",\"payload\":null,\"position\":7}",
                $"{{\"type\":2,\"payload\":\"{Raw(2560, 512)}\",\"position\":8}}", "{\"type\":1,\"name\":\"s\",\"payload\":null,\"position\":9}",
                $"{{\"type\":2,\"payload\":\"{Raw(3072, 1024)}\",\"position\":10}}", "{\"type\":2,\"payload\":\"\",\"position\":11}",
            ],
            records.Select(record => record.Replace("\\u002B", "+", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip members")]
    [InlineData("zstd")]
    [InlineData("none")]
    public async Task The_segment_depends_on_the_tar_and_not_on_its_compression(string compression)
    {
        var tar = LayerTars.All["large contents"];
        byte[] blob = compression switch
        {
            "gzip" => TestImage.Gzip(tar),
            "gzip members" => [.. TestImage.Gzip(tar[..1000]), .. TestImage.Gzip(tar[1000..])],
            "zstd" => LayerRuns.Zstd(tar),
            _ => tar,
        };
        Assert.Equal(await LayerRuns.CutAsync(LayerRuns.Layer(tar, blob), tar, 1 << 20), (await LayerRuns.RunAsync(LayerRuns.Layer(tar, blob))).Segment);
    }

    [Fact]
    public async Task A_stream_that_gives_single_bytes_gives_the_same_segment()
    {
        var tar = LayerTars.All["PAX"];
        var blob = TestImage.Gzip(tar);
        Assert.Equal((await LayerRuns.RunAsync(LayerRuns.Layer(tar, blob))).Segment, (await LayerRuns.RunAsync(LayerRuns.Layer(tar, blob, open: () => new OneByteStream(new MemoryStream(blob))))).Segment);
    }

    [Theory]
    [InlineData("another tar", typeof(DigestMismatchException))]
    [InlineData("content cut short", typeof(CorruptFormatException))]
    [InlineData("a header cut short", typeof(CorruptFormatException))]
    [InlineData("an entry behind one zero block", typeof(CorruptFormatException))]
    [InlineData("a hard link with content", typeof(CorruptFormatException))]
    [InlineData("a stream that fails", typeof(IOException))]
    public async Task A_layer_that_fails_names_itself_and_keeps_nothing(string kind, Type expected)
    {
        var tar = LayerTars.All["large contents"];
        byte[] bad = kind switch
        {
            "content cut short" => tar[..200_000],
            "a header cut short" => new LayerTar().File("a", "1").Raw(tar.AsSpan(0, 100)).ToArray(),
            "an entry behind one zero block" => new LayerTar().File("a", "1").Zeros(512).File("b", "1").End(),
            "a hard link with content" => new LayerTar().File("a", "1").Entry(new LayerEntry("b") { Type = '1', Link = "a" }, Encoding.ASCII.GetBytes(new string('x', 600))).End(),
            _ => tar,
        };
        var layer = kind switch
        {
            "another tar" => LayerRuns.Layer(LayerTars.All["PAX"], tar),
            "a stream that fails" => LayerRuns.Layer(tar, tar, open: () => new FailingStream(tar, 300_000)),
            _ => LayerRuns.Layer(bad, bad),
        };
        var error = await Assert.ThrowsAnyAsync<IOException>(() => LayerRuns.RunAsync(layer));
        Assert.True(expected == typeof(IOException) || error.GetType() == expected, error.ToString());
        Assert.Contains($"layer {layer.Layer.DiffId} of test:image", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_run_that_nobody_reads_is_given_up_without_leaving_anything()
    {
        var tar = LayerTars.All["garbage behind the end"];
        var layer = LayerRuns.Layer(tar, tar);
        await using var run = LayerRun.Start(layer, new LayerBlobs([layer]), new ByteMeter(), LayerRuns.Store, new PackCounters(progress: null), CancellationToken.None);
        Assert.True(await run.Segment.WaitToReadAsync());
    }

    [Fact]
    public async Task A_layer_that_gives_a_content_twice_says_that_it_cannot_be_rebuilt()
    {
        var tar = new LayerTar().File("a", "1").File("/a", "2").End();
        Assert.False((await LayerRuns.RunAsync(LayerRuns.Layer(tar, tar))).CanReplay);
    }

    private static string Text(SegmentReplay replay, string name) => Encoding.UTF8.GetString(replay.Content(name));

    private sealed class FailingStream(byte[] content, int good) : ForwardStream(new MemoryStream(content))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Inner.Position >= good) throw new IOException("the wire was cut");
            return Inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, good - Inner.Position)], cancellationToken);
        }
    }
}
