using System.Text;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class ManifestIndexTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_index_lists_its_images_without_attestations(bool oci)
    {
        var images = new[] { TestImage.Create("linux/amd64", oci: oci), TestImage.Create("linux/arm/v7", oci: oci) };
        var index = ManifestIndex.Parse(TestImage.Index(images, oci, attestation: true));
        Assert.Equal(oci ? MediaTypes.OciIndex : MediaTypes.DockerManifestList, index.MediaType);
        Assert.Equal(images.Select(i => i.ManifestDigest), index.Manifests.Select(m => m.Digest));
        Assert.Equal([Platform.Parse("linux/amd64"), Platform.Parse("linux/arm/v7")], index.Manifests.Select(m => m.Platform!));
    }

    [Fact]
    public void Candidates_come_best_first_and_unstated_platforms_last()
    {
        var entries = new System.Text.Json.Nodes.JsonArray();
        foreach (var platform in new[] { null, "linux/arm/v5", "linux/arm/v7", "linux/arm64", "linux/arm/v6" })
        {
            var entry = TestImage.Descriptor(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(platform ?? "none"));
            if (platform is not null) entry["platform"] = TestImage.PlatformJson(Platform.Parse(platform));
            entries.Add((System.Text.Json.Nodes.JsonNode)entry);
        }
        var index = ManifestIndex.Parse(TestImage.IndexOf(entries));
        Assert.Equal(["linux/arm/v7", "linux/arm/v6", "linux/arm/v5", null], index.CandidatesFor(Platform.Parse("linux/arm/v7")).Select(c => c.Platform?.ToString()));
    }

    [Theory]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""", "manifests is not a list")]
    [InlineData("""{"schemaVersion":2,"manifests":[1]}""", "manifest 1 is not an object")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"digest":"x","size":1}]}""", "manifest 1: digest")]
    [InlineData("""{"manifests":[]}""", "schemaVersion is not 2")]
    public void Malformed_indexes_are_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<CorruptImageException>(() => ManifestIndex.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_manifest_is_no_index_and_an_index_no_manifest()
    {
        var image = TestImage.Create();
        Assert.Throws<UnsupportedImageException>(() => ManifestIndex.Parse(image.Manifest));
        Assert.Throws<UnsupportedImageException>(() => Manifest.Parse(TestImage.Index([image])));
    }
}
