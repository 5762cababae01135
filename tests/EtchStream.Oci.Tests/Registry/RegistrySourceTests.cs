using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

public sealed class RegistrySourceTests : RegistryTestBase
{
    [Fact]
    public async Task An_image_is_pulled_by_tag()
    {
        var image = await Source.ResolveAsync(Arm64);
        await SourceAssert.IsAsync(Image, Source, image);
        Assert.Equal(Image.ManifestDigest, image.NamedDigest);
        Assert.Equal(Server.Reference("acme/app:1"), image.Reference);
        Assert.All(Server.Requests, r => Assert.Null(r.Authorization));
    }

    [Fact]
    public async Task A_digest_decides_over_the_tag_and_names_the_index()
    {
        var other = TestImage.Create("linux/arm/v7", [TestImage.LayerTar(9)]);
        Server.Add("acme/app", other);
        var index = TestImage.Index([other, Image], attestation: true);
        Server.AddManifest("acme/app", index, MediaTypes.OciIndex);
        var source = Client.Open(Server.Reference($"acme/app:1@{Digest.Sha256(index)}"));
        var image = await source.ResolveAsync(Platform.Parse("linux/arm/v8"));
        await SourceAssert.IsAsync(other, source, image);
        Assert.Equal(Digest.Sha256(index), image.NamedDigest);
        Assert.Equal(other.ManifestDigest, image.ManifestDigest);
        Assert.Equal(Image.ImageId, (await source.ResolveAsync(Arm64)).Config.ImageId);
        Assert.DoesNotContain(Server.Requests, r => r.Path.EndsWith("/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_platform_names_those_that_are_there()
    {
        Server.AddManifest("acme/app", TestImage.Index([Image]), MediaTypes.OciIndex, "multi");
        var error = await Assert.ThrowsAsync<UnsupportedImageException>(() => Client.Open(Server.Reference("acme/app:multi")).ResolveAsync(Platform.Parse("linux/amd64")));
        Assert.Contains("it has linux/arm64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_tag_is_the_registrys_own_error_and_not_retried()
    {
        var error = await Assert.ThrowsAsync<RegistryException>(() => Client.Open(Server.Reference("acme/app:2")).ResolveAsync(Arm64));
        Assert.Equal(["MANIFEST_UNKNOWN"], error.Codes);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, error.StatusCode);
        Assert.False(error.IsTransient);
        Assert.Contains("acme/app:2", error.Message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_blob_that_is_not_there_shows_when_it_is_opened()
    {
        var missing = new Descriptor(MediaTypes.OciLayer, Digest.Sha256("x"u8), 1);
        var error = await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(missing));
        Assert.Equal(["BLOB_UNKNOWN"], error.Codes);
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        Server.AddBlob([]);
        Assert.Empty(await SourceAssert.ReadAsync(Source, new Descriptor(MediaTypes.OciLayer, Digest.Sha256([]), 0)));
    }

    [Fact]
    public async Task Many_blobs_are_read_side_by_side()
    {
        var tars = Enumerable.Range(100, 12).Select(i => TestImage.LayerTar(i, 200_000)).ToArray();
        var big = TestImage.Create("linux/arm64", tars);
        Server.Add("acme/big", big, "1");
        var source = Client.Open(Server.Reference("acme/big:1"));
        var image = await source.ResolveAsync(Arm64);
        var contents = await Task.WhenAll(image.Layers.Select(l => SourceAssert.ReadAsync(source, l.Blob)));
        for (var i = 0; i < contents.Length; i++) Assert.Equal(big.LayerBlobs[i], contents[i]);
    }

    [Fact]
    public async Task Cancelling_ends_a_read_with_a_cancellation()
    {
        var image = await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.HangAfter(1000));
        using var cancel = new CancellationTokenSource();
        await using var stream = await Source.OpenBlobAsync(image.Layers[0].Blob, cancel.Token);
        await stream.ReadExactlyAsync(new byte[1000], cancel.Token);
        var read = stream.CopyToAsync(Stream.Null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }
}
