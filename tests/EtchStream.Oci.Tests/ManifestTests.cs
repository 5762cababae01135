using System.Text;
using System.Text.Json.Nodes;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class ManifestTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_manifest_gives_config_and_layers_in_order(bool oci)
    {
        var image = TestImage.Create(oci: oci);
        var manifest = Manifest.Parse(image.Manifest, image.ManifestType);
        Assert.Equal(image.ManifestType, manifest.MediaType);
        Assert.Equal(image.ImageId, manifest.Config.Digest);
        Assert.Equal(image.Config.Length, manifest.Config.Size);
        Assert.Equal(image.LayerBlobs.Select(b => Digest.Sha256(b)), manifest.Layers.Select(l => l.Digest));
        Assert.Equal(image.LayerBlobs.Select(b => (long)b.Length), manifest.Layers.Select(l => l.Size));
        Assert.True(manifest.Content.Span.SequenceEqual(image.Manifest));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public void A_missing_or_general_content_type_leaves_the_word_to_the_document(string? contentType) =>
        Assert.Equal(MediaTypes.OciManifest, Manifest.Parse(TestImage.Create().Manifest, contentType).MediaType);

    [Fact]
    public void An_oci_manifest_without_a_media_type_of_its_own_is_known_by_its_content_type_or_properties()
    {
        var bytes = Edit(m => m.Remove("mediaType"));
        Assert.Equal(MediaTypes.OciManifest, Manifest.Parse(bytes).MediaType);
        Assert.Equal(MediaTypes.DockerManifest, Manifest.Parse(bytes, MediaTypes.DockerManifest).MediaType);
    }

    [Theory]
    [InlineData("""{"schemaVersion":1,"name":"x","fsLayers":[]}""", null)]
    [InlineData("""{"schemaVersion":1}""", MediaTypes.DockerSchema1Signed)]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v1+json"}""", null)]
    public void Schema_1_is_refused_by_name(string json, string? contentType)
    {
        var error = Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(Encoding.UTF8.GetBytes(json), contentType));
        Assert.Equal("schema 1", error.Feature);
    }

    [Theory]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd")]
    public void Foreign_layers_are_refused_by_name(string mediaType)
    {
        var bytes = Edit(m => m["layers"]![1]!["mediaType"] = mediaType);
        var error = Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(bytes));
        Assert.Equal("foreign layer", error.Feature);
        Assert.Contains("layer 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(mediaType, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip+encrypted")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+bzip2")]
    [InlineData("")]
    public void Unknown_layer_types_are_refused(string mediaType) =>
        Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(Edit(m => m["layers"]![0]!["mediaType"] = mediaType)));

    [Theory]
    [InlineData("application/vnd.docker.plugin.v1+json")]
    [InlineData("application/vnd.oci.empty.v1+json")]
    [InlineData("application/vnd.cncf.helm.config.v1+json")]
    public void Artifacts_that_are_no_images_are_refused(string configType)
    {
        var error = Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(Edit(m => m["config"]!["mediaType"] = configType)));
        Assert.Contains("artifact", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_both_image_and_index_is_refused() =>
        Assert.Contains("both", Assert.Throws<CorruptImageException>(() => Manifest.Parse(Edit(m => m["manifests"] = new JsonArray()))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_content_type_that_contradicts_the_document_is_refused() =>
        Assert.Throws<CorruptImageException>(() => Manifest.Parse(TestImage.Create().Manifest, MediaTypes.DockerManifest));

    [Fact]
    public void An_unknown_media_type_is_refused_by_name()
    {
        var error = Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(Edit(m => m["mediaType"] = "application/vnd.acme.v9+json")));
        Assert.Contains("application/vnd.acme.v9+json", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> BadManifests() => new()
    {
        { "", "not valid JSON" },
        { "[]", "not a JSON object" },
        { "null", "not a JSON object" },
        { "{", "not valid JSON" },
        { """{"schemaVersion":2,"config":{},"config":{},"layers":[]}""", "not valid JSON" },
        { new string('[', 100_000), "not valid JSON" },
        { """{"schemaVersion":"2","config":{},"layers":[]}""", "schemaVersion is not a number" },
        { """{"schemaVersion":3,"config":{},"layers":[]}""", "schemaVersion is not 2" },
        { """{"schemaVersion":2,"config":[],"layers":[]}""", "config is not an object" },
        { """{"schemaVersion":2,"layers":[]}""", "config is missing" },
        { """{"schemaVersion":2,"config":{"size":1},"layers":[]}""", "config has no digest" },
        { """{"schemaVersion":2,"mediaType":"\ud800","config":{}}""", "not valid" },
        { """{"schemaVersion":2,"config":{"digest":"sha256:zz"},"layers":[]}""", "config: digest" }
    };

    [Theory]
    [MemberData(nameof(BadManifests))]
    public void Malformed_documents_are_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<CorruptImageException>(() => Manifest.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-1", "negative")]
    [InlineData("1.5", "64-bit integer")]
    [InlineData("9223372036854775808", "64-bit integer")]
    [InlineData("1e400", "64-bit integer")]
    [InlineData("\"7\"", "not a number")]
    public void Absurd_sizes_are_refused(string size, string reason)
    {
        var bytes = Edit(m => m["layers"]![0]!["size"] = JsonNode.Parse(size));
        Assert.Contains(reason, Assert.Throws<CorruptImageException>(() => Manifest.Parse(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_layer_size_there_is_is_only_a_number() =>
        Assert.Equal(long.MaxValue, Manifest.Parse(Edit(m => m["layers"]![0]!["size"] = long.MaxValue)).Layers[0].Size);

    [Fact]
    public void Oversized_documents_and_configs_are_refused_before_they_are_parsed()
    {
        Assert.Throws<CorruptImageException>(() => Manifest.Parse(new byte[(4 << 20) + 1]));
        Assert.Throws<CorruptImageException>(() => ImageConfig.Parse(new byte[ImageConfig.MaxSize + 1]));
        Assert.Throws<CorruptImageException>(() => Manifest.Parse(Edit(m => m["config"]!["size"] = ImageConfig.MaxSize + 1)));
    }

    [Fact]
    public void Invalid_utf8_is_a_clear_error()
    {
        var bytes = Edit(m => m["config"]!["digest"] = "sha256:@@");
        bytes.AsSpan().Replace((byte)'@', (byte)0xff);
        Assert.Throws<CorruptImageException>(() => Manifest.Parse(bytes));
        bytes = Edit(m => m["config"]!["annotations"] = new JsonObject { ["@@"] = "x" });
        bytes.AsSpan().Replace((byte)'@', (byte)0xff);
        Assert.Throws<CorruptImageException>(() => Manifest.Parse(bytes));
    }

    [Fact]
    public void Any_single_damaged_byte_gives_a_manifest_or_a_clear_error()
    {
        var random = new Random(4711);
        var original = TestImage.Create().Manifest;
        for (var i = 0; i < 3000; i++)
        {
            var bytes = (byte[])original.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
            try
            {
                Assert.NotNull(Manifest.Parse(bytes.AsMemory(0, length)).Layers);
            }
            catch (Exception e) when (e is CorruptImageException or UnsupportedImageException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static byte[] Edit(Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(TestImage.Create().Manifest)!.AsObject();
        edit(json);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
