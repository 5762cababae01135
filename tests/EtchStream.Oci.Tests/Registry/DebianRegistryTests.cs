using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

/// <summary>A real registry, filled and emptied by another program: this client gets the same.</summary>
public sealed class DebianRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("docker-registry", "skopeo")]
    [InlineData("oci")]
    [InlineData("v2s2")]
    public async Task A_pushed_image_is_pulled_byte_for_byte(string format)
    {
        await using var server = await DebianRegistry.StartAsync();
        var image = TestImage.Create("linux/arm64", [TestImage.LayerTar(1, 3_000_000), TestImage.LayerTar(2), TestImage.LayerTar(1, 3_000_000)]);
        TestLayouts.WriteDirectory(_folder["layout"], TestLayouts.Oci(image, "v1"));
        HostTool.RunOk("skopeo", "--override-arch", "arm64", "copy", "--insecure-policy", "--dest-tls-verify=false", "--format", format, $"oci:{_folder["layout"]}:v1", $"docker://{server.Host}/acme/app:v1");
        HostTool.RunOk("skopeo", "--override-arch", "arm64", "copy", "--insecure-policy", "--src-tls-verify=false", $"docker://{server.Host}/acme/app:v1", $"dir:{_folder["dir"]}");

        using var client = new RegistryClient();
        var source = client.Open(ImageReference.Parse($"{server.Host}/acme/app:v1"));
        var resolved = await source.ResolveAsync(Platform.Parse("linux/arm64"));
        Assert.Equal(await File.ReadAllBytesAsync(_folder["dir/manifest.json"]), resolved.Manifest!.Content.ToArray());
        Assert.Equal(format is "oci" ? MediaTypes.OciManifest : MediaTypes.DockerManifest, resolved.Manifest.MediaType);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["dir/" + resolved.Config.ImageId.Hex]), resolved.Config.Content.ToArray());
        foreach (var layer in resolved.Layers)
            Assert.Equal(await File.ReadAllBytesAsync(_folder["dir/" + layer.Blob.Digest.Hex]), await SourceAssert.ReadAsync(source, layer.Blob));
        await SourceAssert.IsAsync(image, source, resolved);
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task Of_a_pushed_index_each_platforms_image_is_pulled()
    {
        await using var server = await DebianRegistry.StartAsync();
        var images = new[] { "linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64" }
            .Select((platform, i) => TestImage.Create(platform, [TestImage.LayerTar(0), TestImage.LayerTar(i + 1)])).ToArray();
        var index = TestImage.Index(images);
        TestLayouts.WriteDirectory(_folder["layout"], TestLayouts.Oci([(index, MediaTypes.OciIndex, "v1")], images.SelectMany(i => i.Blobs.Append(i.Manifest))));
        HostTool.RunOk("skopeo", "copy", "--all", "--insecure-policy", "--dest-tls-verify=false", $"oci:{_folder["layout"]}:v1", $"docker://{server.Host}/acme/app:v1");

        using var client = new RegistryClient();
        foreach (var image in images)
        {
            foreach (var reference in new[] { ":v1", "@" + Digest.Sha256(index) })
            {
                var source = client.Open(ImageReference.Parse($"{server.Host}/acme/app{reference}"));
                var resolved = await source.ResolveAsync(image.Platform);
                await SourceAssert.IsAsync(image, source, resolved);
                Assert.Equal(Digest.Sha256(index), resolved.NamedDigest);
                Assert.Equal(image.ManifestDigest, resolved.ManifestDigest);
            }
        }
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task What_is_not_there_is_the_registrys_own_error()
    {
        await using var server = await DebianRegistry.StartAsync();
        using var client = new RegistryClient();
        var error = await Assert.ThrowsAsync<RegistryException>(() => client.Open(ImageReference.Parse($"{server.Host}/acme/app:v1")).ResolveAsync(platform: null));
        Assert.Contains("MANIFEST_UNKNOWN", error.Codes);
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task Every_kind_of_location_gives_the_same_image()
    {
        await using var server = await DebianRegistry.StartAsync();
        var image = TestImage.Create("linux/arm64");
        TestLayouts.WriteDirectory(_folder["layout"], TestLayouts.Oci(image, "acme/app:v1"));
        var locations = new[] { $"oci:{_folder["layout"]}:acme/app:v1", $"oci-archive:{_folder["oci.tar"]}:acme/app:v1", $"docker-archive:{_folder["docker.tar"]}:acme/app:v1", $"{server.Host}/acme/app:v1" };
        foreach (var location in locations.Skip(1))
        {
            var target = location.StartsWith(server.Host, StringComparison.Ordinal) ? "docker://" + location : location;
            HostTool.RunOk("skopeo", "--override-arch", "arm64", "copy", "--insecure-policy", "--dest-tls-verify=false", locations[0], target);
        }
        using var client = new RegistryClient();
        foreach (var location in locations)
        {
            await using var source = await ImageSources.OpenAsync(ImageLocation.Parse(location), client);
            var resolved = await source.ResolveAsync(Platform.Parse("linux/arm64"));
            Assert.Equal(image.LayerTars.Select(t => Digest.Sha256(t)), resolved.Layers.Select(l => l.DiffId.Digest));
            Assert.Equal("acme/app:v1", resolved.Reference!.ToFamiliarString().Replace(server.Host + "/", "", StringComparison.Ordinal));
            foreach (var layer in resolved.Layers) await SourceAssert.ReadAsync(source, layer.Blob);
        }
    }
}
