using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci.Content;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

public sealed class OciLayoutSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestImage _arm = TestImage.Create("linux/arm/v7", [TestImage.LayerTar(10), TestImage.LayerTar(11)]);
    private readonly TestImage _arm64 = TestImage.Create("linux/arm64", [TestImage.LayerTar(20)]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, "./")]
    public async Task A_layout_with_one_image_needs_no_name(bool archive, string prefix)
    {
        await using var source = await OpenAsync(TestLayouts.Oci(_arm64, "v1"), archive, prefix: prefix);
        var image = await source.ResolveAsync(Platform.Parse("linux/arm64"));
        await SourceAssert.IsAsync(_arm64, source, image);
        Assert.Equal(_arm64.ManifestDigest, image.ManifestDigest);
        Assert.Equal(_arm64.ManifestDigest, image.NamedDigest);
        Assert.Null(image.Reference);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_images_the_named_one_is_taken(bool archive)
    {
        var files = TestLayouts.Oci(
            [(_arm.Manifest, _arm.ManifestType, "old"), (_arm64.Manifest, _arm64.ManifestType, "ghcr.io/acme/app:new")], _arm.Blobs.Concat(_arm64.Blobs));
        await using var old = await OpenAsync(files, archive, "old");
        await SourceAssert.IsAsync(_arm, old, await old.ResolveAsync(platform: null));
        await using var byReference = await OpenAsync(files, archive, "ghcr.io/acme/app:new");
        var image = await byReference.ResolveAsync(platform: null);
        Assert.Equal(_arm64.ImageId, image.Config.ImageId);
        Assert.Equal("ghcr.io/acme/app:new", image.Reference!.ToString());
        Assert.Equal([image.Reference], image.References);
        Assert.Empty((await old.ResolveAsync(platform: null)).References);
        await using var byDigest = await OpenAsync(files, archive, _arm.ManifestDigest.ToString());
        Assert.Equal(_arm.ImageId, (await byDigest.ResolveAsync(platform: null)).Config.ImageId);

        await using var unnamed = await OpenAsync(files, archive);
        Assert.Contains("name one of old, ghcr.io", (await Assert.ThrowsAsync<ImageNotFoundException>(() => unnamed.ResolveAsync(platform: null))).Message, StringComparison.Ordinal);
        await using var other = await OpenAsync(files, archive, "other");
        Assert.Contains("no image \"other\"", (await Assert.ThrowsAsync<ImageNotFoundException>(() => other.ResolveAsync(platform: null))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/arm/v7", true)]
    [InlineData("linux/arm/v8", true)]
    [InlineData("linux/arm64", false)]
    public async Task An_index_gives_the_image_for_the_platform_and_names_itself(string platform, bool arm)
    {
        var index = TestImage.Index([_arm, _arm64], attestation: true);
        await using var source = await OpenAsync(TestLayouts.Oci([(index, MediaTypes.OciIndex, "x")], _arm.Blobs.Concat(_arm64.Blobs).Append(_arm.Manifest).Append(_arm64.Manifest)));
        var image = await source.ResolveAsync(Platform.Parse(platform));
        await SourceAssert.IsAsync(arm ? _arm : _arm64, source, image);
        Assert.Equal(Digest.Sha256(index), image.NamedDigest);
        Assert.Equal((arm ? _arm : _arm64).ManifestDigest, image.ManifestDigest);
    }

    [Fact]
    public async Task A_missing_platform_is_refused_with_those_that_are_there()
    {
        var index = TestImage.Index([_arm, _arm64]);
        await using var source = await OpenAsync(TestLayouts.Oci([(index, MediaTypes.OciIndex, null)], [_arm.Manifest, _arm64.Manifest]));
        var error = await Assert.ThrowsAsync<UnsupportedImageException>(() => source.ResolveAsync(Platform.Parse("linux/amd64")));
        Assert.Contains("no image for linux/amd64; it has linux/arm/v7, linux/arm64", error.Message, StringComparison.Ordinal);
        Assert.Contains("say which", (await Assert.ThrowsAsync<UnsupportedImageException>(() => source.ResolveAsync(platform: null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_image_for_another_platform_is_refused_unless_none_is_asked_for()
    {
        await using var source = await OpenAsync(TestLayouts.Oci(_arm64));
        await Assert.ThrowsAsync<UnsupportedImageException>(() => source.ResolveAsync(Platform.Parse("linux/arm/v7")));
        Assert.Equal(_arm64.ImageId, (await source.ResolveAsync(platform: null)).Config.ImageId);
    }

    [Fact]
    public async Task Entries_without_a_platform_are_known_by_their_configs()
    {
        var index = TestImage.IndexOf([TestImage.Descriptor(_arm.ManifestType, _arm.Manifest), TestImage.Descriptor(_arm64.ManifestType, _arm64.Manifest)]);
        await using var source = await OpenAsync(TestLayouts.Oci([(index, MediaTypes.OciIndex, null)], _arm.Blobs.Concat(_arm64.Blobs).Append(_arm.Manifest).Append(_arm64.Manifest)));
        Assert.Equal(_arm64.ImageId, (await source.ResolveAsync(Platform.Parse("linux/arm64"))).Config.ImageId);
        await Assert.ThrowsAsync<UnsupportedImageException>(() => source.ResolveAsync(Platform.Parse("linux/amd64")));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public async Task Nested_indexes_are_followed_to_a_limited_depth(int nested, bool works)
    {
        var blobs = _arm64.Blobs.Append(_arm64.Manifest).ToList();
        var index = TestImage.Index([_arm64]);
        for (var i = 0; i < nested; i++)
        {
            blobs.Add(index);
            index = TestImage.IndexOf([TestImage.Descriptor(MediaTypes.OciIndex, index)]);
        }
        await using var source = await OpenAsync(TestLayouts.Oci([(index, MediaTypes.OciIndex, null)], blobs));
        if (works) Assert.Equal(_arm64.ImageId, (await source.ResolveAsync(Platform.Parse("linux/arm64"))).Config.ImageId);
        else Assert.Contains("deep", (await Assert.ThrowsAsync<CorruptImageException>(() => source.ResolveAsync(Platform.Parse("linux/arm64")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bush_of_nested_indexes_is_cut_off()
    {
        var inner = TestImage.IndexOf([]);
        var blobs = new List<byte[]> { inner };
        for (var i = 0; i < 3; i++)
        {
            var entries = new JsonArray();
            for (var k = 0; k < 10; k++) entries.Add((JsonNode)TestImage.Descriptor(MediaTypes.OciIndex, inner));
            blobs.Add(inner = TestImage.IndexOf(entries));
        }
        await using var source = await OpenAsync(TestLayouts.Oci([(inner, MediaTypes.OciIndex, null)], blobs));
        Assert.Contains("manifests would have to be read", (await Assert.ThrowsAsync<CorruptImageException>(() => source.ResolveAsync(Platform.Parse("linux/arm64")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", typeof(UnsupportedImageException))]
    [InlineData("oci-layout", "{}", typeof(CorruptImageException))]
    [InlineData("oci-layout", null, typeof(CorruptImageException))]
    [InlineData("index.json", null, typeof(CorruptImageException))]
    [InlineData("index.json", "{\"schemaVersion\":2,\"manifests\":[]}", typeof(CorruptImageException))]
    [InlineData("CONFIG", null, typeof(CorruptImageException))]
    [InlineData("CONFIG", "short", typeof(DigestMismatchException))]
    [InlineData("CONFIG", "FLIP", typeof(DigestMismatchException))]
    [InlineData("MANIFEST", "FLIP", typeof(DigestMismatchException))]
    public async Task A_damaged_layout_is_the_right_error(string path, string? content, Type error)
    {
        var files = TestLayouts.Oci(_arm64);
        path = path switch { "CONFIG" => TestLayouts.BlobPath(_arm64.Config), "MANIFEST" => TestLayouts.BlobPath(_arm64.Manifest), _ => path };
        if (content is null)
        {
            files.Remove(path);
        }
        else if (content is "FLIP")
        {
            files[path] = (byte[])files[path].Clone();
            files[path][3] ^= 4;
        }
        else
        {
            files[path] = Encoding.UTF8.GetBytes(content);
        }
        foreach (var archive in new[] { false, true })
        {
            await using var source = await OpenAsync(files, archive);
            await Assert.ThrowsAsync(error, () => source.ResolveAsync(platform: null));
        }
    }

    [Fact]
    public async Task Layers_that_are_missing_or_damaged_are_found_when_they_are_read()
    {
        var files = TestLayouts.Oci(_arm);
        files.Remove(TestLayouts.BlobPath(_arm.LayerBlobs[0]));
        var damaged = (byte[])_arm.LayerBlobs[1].Clone();
        damaged[^1] ^= 1;
        files[TestLayouts.BlobPath(_arm.LayerBlobs[1])] = damaged;
        await using var source = await OpenAsync(files);
        var image = await source.ResolveAsync(platform: null);
        await Assert.ThrowsAsync<CorruptImageException>(() => SourceAssert.ReadAsync(source, image.Layers[0].Blob));
        await Assert.ThrowsAsync<DigestMismatchException>(() => SourceAssert.ReadAsync(source, image.Layers[1].Blob));
    }

    [Fact]
    public async Task A_manifest_and_a_config_of_different_length_do_not_go_together()
    {
        var other = TestImage.Create(layers: [TestImage.LayerTar(1)]);
        var json = JsonNode.Parse(_arm.Manifest)!.AsObject();
        json["config"] = TestImage.Descriptor(MediaTypes.OciConfig, other.Config);
        var manifest = Encoding.UTF8.GetBytes(json.ToJsonString());
        await using var source = await OpenAsync(TestLayouts.Oci([(manifest, MediaTypes.OciManifest, null)], [other.Config]));
        Assert.Contains("2 layers where its config lists 1", (await Assert.ThrowsAsync<CorruptImageException>(() => source.ResolveAsync(platform: null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_a_clear_error() =>
        Assert.Throws<DirectoryNotFoundException>(() => OciLayoutSource.OpenDirectory(Path.Combine(_folder.FullPath, "nothing")));

    private async Task<OciLayoutSource> OpenAsync(Dictionary<string, byte[]> files, bool archive = false, string? name = null, string prefix = "")
    {
        var path = Path.Combine(_folder.FullPath, Guid.NewGuid().ToString("N"));
        if (!archive)
        {
            TestLayouts.WriteDirectory(path, files);
            return OciLayoutSource.OpenDirectory(path, name);
        }
        TestLayouts.WriteTar(path, files, prefix: prefix);
        return await OciLayoutSource.OpenArchiveAsync(path, name);
    }
}
