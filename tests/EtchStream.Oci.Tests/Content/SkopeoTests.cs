using EtchStream.Oci.Content;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

/// <summary>What another program writes is read as it was meant.</summary>
public sealed class SkopeoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("skopeo")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public async Task An_image_copied_by_skopeo_is_the_same_image(string kind)
    {
        var image = TestImage.Create("linux/arm64", [TestImage.LayerTar(1), TestImage.LayerTar(2), TestImage.LayerTar(1)]);
        var layout = Path.Combine(_folder.FullPath, "layout");
        TestLayouts.WriteDirectory(layout, TestLayouts.Oci(image, "v1"));
        var copy = Path.Combine(_folder.FullPath, "copy");
        HostTool.RunOk("skopeo", "copy", "--insecure-policy", "--override-arch", "arm64", $"oci:{layout}:v1", $"{kind}:{copy}:acme/app:v1");
        await using IImageSource source = kind switch
        {
            "oci" => OciLayoutSource.OpenDirectory(copy, "acme/app:v1"),
            "oci-archive" => await OciLayoutSource.OpenArchiveAsync(copy, "acme/app:v1"),
            _ => await DockerArchiveSource.OpenAsync(copy, "acme/app:v1")
        };
        var resolved = await source.ResolveAsync(Platform.Parse("linux/arm64"));
        Assert.Equal(image.LayerTars.Select(t => Digest.Sha256(t)), resolved.Layers.Select(l => l.DiffId.Digest));
        for (var i = 0; i < image.LayerTars.Count; i++)
        {
            var expected = kind is "docker-archive" ? image.LayerTars[i] : image.LayerBlobs[i];
            Assert.Equal(expected, await SourceAssert.ReadAsync(source, resolved.Layers[i].Blob));
        }
        Assert.Equal("acme/app:v1", resolved.Reference!.ToFamiliarString());
    }
}
