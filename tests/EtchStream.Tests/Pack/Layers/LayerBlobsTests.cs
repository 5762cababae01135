using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Overlay2;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>One diff on several chains is one blob, fetched once while there is room for it.</summary>
public sealed class LayerBlobsTests
{
    private const int Mebibyte = 1 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly LayerSource _source = new();

    [Fact]
    public async Task A_shared_blob_is_fetched_once_and_given_to_all()
    {
        var content = Content(700_000);
        var layers = Chain("shared", 3, content);
        var blobs = new LayerBlobs(layers);
        var opening = layers.Select(layer => blobs.OpenAsync(layer, CancellationToken.None)).ToList();
        Assert.True(opening[0].IsCompleted);
        foreach (var opened in opening) Assert.Equal(content, await ReadAsync(await opened.WaitAsync(Soon)));
        Assert.Single(_source.Opened);
        Assert.Equal(0, blobs.FetchedAgain);
    }

    [Fact]
    public async Task The_second_waits_until_the_first_was_read_to_its_end()
    {
        var layers = Chain("shared", 2, Content(1000));
        var blobs = new LayerBlobs(layers);
        await using var first = await blobs.OpenAsync(layers[0], CancellationToken.None);
        var second = blobs.OpenAsync(layers[1], CancellationToken.None);
        Assert.Equal(1000, await first.ReadAtLeastAsync(new byte[1000], 1000));

        // All bytes are there, but nobody said yet that their digest is right.
        Assert.False(second.IsCompleted);
        Assert.Equal(0, await first.ReadAsync(new byte[1]));
        Assert.Equal(Content(1000), await ReadAsync(await second.WaitAsync(Soon)));
    }

    [Fact]
    public async Task Blobs_of_different_diffs_have_nothing_to_do_with_each_other()
    {
        EngineLayer[] layers = [.. Chain("a", 1, Content(10)), .. Chain("b", 1, Content(20))];
        var blobs = new LayerBlobs(layers);
        Assert.Equal(Content(20), await ReadAsync(await blobs.OpenAsync(layers[1], CancellationToken.None).WaitAsync(Soon)));
        Assert.Equal(Content(10), await ReadAsync(await blobs.OpenAsync(layers[0], CancellationToken.None).WaitAsync(Soon)));
        Assert.Equal(2, _source.Opened.Count);
    }

    [Fact]
    public async Task A_blob_beyond_the_bounds_is_fetched_for_each()
    {
        var layers = Chain("large", 3, Content(100), LayerBlobs.KeptBytes + 1);
        var blobs = new LayerBlobs(layers);
        foreach (var layer in layers) Assert.Equal(Content(100), await ReadAsync(await blobs.OpenAsync(layer, CancellationToken.None).WaitAsync(Soon)));
        Assert.Equal(3, _source.Opened.Count);
        Assert.Equal(2 * (LayerBlobs.KeptBytes + 1), blobs.FetchedAgain);
    }

    [Fact]
    public async Task What_is_kept_at_a_time_stays_within_bounds()
    {
        EngineLayer[] layers = [.. Chain("a", 2, Content(10), LayerBlobs.KeptBytes), .. Chain("b", 2, Content(20), 20)];
        var blobs = new LayerBlobs(layers);
        await ReadAsync(await blobs.OpenAsync(layers[0], CancellationToken.None));
        await ReadAsync(await blobs.OpenAsync(layers[2], CancellationToken.None));
        await ReadAsync(await blobs.OpenAsync(layers[3], CancellationToken.None).WaitAsync(Soon));
        Assert.Equal(20, blobs.FetchedAgain);
    }

    [Fact]
    public async Task Room_that_the_last_use_gives_back_is_used_again_and_only_once()
    {
        var size = 40 * Mebibyte;
        EngineLayer[] layers = [.. Chain("a", 3, Content(size)), .. Chain("b", 2, Content(10), LayerBlobs.KeptBytes), .. Chain("c", 2, Content(10), LayerBlobs.KeptBytes + 1)];
        var blobs = new LayerBlobs(layers);

        // All three at once, as several layers run side by side.
        var opening = layers.Take(3).Select(layer => blobs.OpenAsync(layer, CancellationToken.None)).ToList();
        foreach (var opened in opening) Assert.Equal(size, (await ReadAsync(await opened.WaitAsync(Soon))).Length);
        foreach (var layer in layers.Skip(5)) await ReadAsync(await blobs.OpenAsync(layer, CancellationToken.None).WaitAsync(Soon));
        Assert.Equal(LayerBlobs.KeptBytes + 1, blobs.FetchedAgain);
        foreach (var layer in layers.Skip(3).Take(2)) await ReadAsync(await blobs.OpenAsync(layer, CancellationToken.None).WaitAsync(Soon));
        Assert.Equal(LayerBlobs.KeptBytes + 1, blobs.FetchedAgain);
    }

    [Fact]
    public async Task A_first_fetch_that_cannot_be_opened_fails_the_second_too()
    {
        var layers = Chain("shared", 2, Content(10));
        _source.Add(layers[0].Layer.Blob, () => throw new IOException("no such blob"));
        var blobs = new LayerBlobs(layers);
        await Assert.ThrowsAsync<IOException>(() => blobs.OpenAsync(layers[0], CancellationToken.None));
        Assert.Equal("no such blob", (await Assert.ThrowsAsync<IOException>(() => blobs.OpenAsync(layers[1], CancellationToken.None).WaitAsync(Soon))).Message);
    }

    [Fact]
    public async Task A_first_fetch_that_fails_on_its_way_fails_the_second_too()
    {
        var layers = Chain("shared", 2, Content(10));
        _source.Add(layers[0].Layer.Blob, () => new FailingStream());
        var blobs = new LayerBlobs(layers);
        await using var first = await blobs.OpenAsync(layers[0], CancellationToken.None);
        var second = blobs.OpenAsync(layers[1], CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => first.CopyToAsync(Stream.Null));
        Assert.Equal("the wire was cut", (await Assert.ThrowsAsync<IOException>(() => second.WaitAsync(Soon))).Message);
    }

    [Fact]
    public async Task A_first_fetch_that_is_given_up_does_not_keep_the_second_waiting()
    {
        var layers = Chain("shared", 2, Content(10));
        var blobs = new LayerBlobs(layers);
        var first = await blobs.OpenAsync(layers[0], CancellationToken.None);
        var second = blobs.OpenAsync(layers[1], CancellationToken.None);
        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Soon));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        var layers = Chain("shared", 2, Content(10));
        var blobs = new LayerBlobs(layers);
        await using var first = await blobs.OpenAsync(layers[0], CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var second = blobs.OpenAsync(layers[1], stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Soon));
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var content = new MemoryStream();
        await using (stream) await stream.CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>Layers of one diff, one upon the other.</summary>
    private EngineLayer[] Chain(string name, int count, byte[] content, long? size = null)
    {
        var diffId = new DiffId(Digest.Sha256(System.Text.Encoding.ASCII.GetBytes(name)));
        var blob = new Descriptor(MediaTypes.OciLayer, diffId.Digest, size ?? content.Length);
        _source.Add(blob, () => new MemoryStream(content));
        var layers = new EngineLayer[count];
        for (var i = 0; i < count; i++)
        {
            var below = i == 0 ? null : layers[i - 1];
            layers[i] = EngineLayer.On(below, new ImageLayer(blob, diffId, below?.Layer.ChainId.Append(diffId) ?? ChainId.OfBase(diffId)), _source);
        }

        return layers;
    }

    private sealed class FailingStream() : ForwardStream(new MemoryStream())
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the wire was cut");
    }
}
