using EtchStream.Oci;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Wherever an image comes from, its layers are the same bytes.</summary>
public sealed class ImagePlaceTests : ContainerPackTest
{
    private static readonly TestImage Image = TestImage.Create(layers: [TestImage.LayerTar(1, 300_000), TestImage.LayerTar(2)]);

    [ToolTheory("mke2fs")]
    [InlineData("docker-archive", false, false)]
    [InlineData("docker-archive", false, true)]
    [InlineData("docker-archive", true, false)]
    [InlineData("docker-archive", true, true)]
    [InlineData("oci", true, true)]
    [InlineData("oci-archive", true, true)]
    public async Task Layers_are_those_of_the_registry(string kind, bool newLayout, bool gzip)
    {
        Server.Add("acme/app", Image, "1");
        var (expected, expectedReport) = await ReportAsync(Images("HOST/acme/app:1"));
        var (actual, report) = await ReportAsync(Images(Write(kind, newLayout, gzip)));
        Assert.Equal(expectedReport.Manifest.Layers!.Select(l => l.ChainId), report.Manifest.Layers!.Select(l => l.ChainId));
        Assert.Equal(Image.ImageId.ToString(), Assert.Single(report.Manifest.Containers!).ImageId);
        Assert.Equal(await LayersAsync(expected, expectedReport), await LayersAsync(actual, report));
        Assert.Empty(report.Warnings);
    }

    [ToolFact("mke2fs")]
    public async Task Every_tag_of_an_archive_is_a_name_and_a_tag_that_is_asked_for_the_only_one()
    {
        var other = TestImage.Create(layers: [TestImage.LayerTar(5)]);
        TestLayouts.WriteTar(Folder["one.tar"], TestLayouts.DockerSave(newLayout: false, gzip: false, (Image, ["acme/app:1", "acme/app:2", "x/y:z"])));
        var (_, report) = await ReportAsync(Images($"docker-archive:{Folder["one.tar"]}"));
        Assert.Equal(["acme/app:1", "acme/app:2", "x/y:z"], Assert.Single(report.Manifest.Containers!).Names);

        TestLayouts.WriteTar(Folder["two.tar"], TestLayouts.DockerSave(newLayout: true, gzip: false, (Image, ["acme/app:1", "acme/app:2"]), (other, ["acme/other:1"])));
        (_, report) = await ReportAsync(Images($"docker-archive:{Folder["two.tar"]}:acme/app:2", $"docker-archive:{Folder["two.tar"]}:acme/other:1"));
        Assert.Equal([["acme/app:2"], ["acme/other:1"]], report.Manifest.Containers!.Select(c => c.Names));
    }

    [ToolFact("mke2fs")]
    public async Task A_damaged_layer_of_an_archive_is_no_archive()
    {
        TestLayouts.WriteTar(Folder["app.tar"], TestLayouts.DockerSave(newLayout: false, gzip: false, (Image, ["acme/app:1"])));
        await DamageAsync(Folder["app.tar"]);
        var error = await FailsAsync<DigestMismatchException>(() => Images($"docker-archive:{Folder["app.tar"]}"));
        Assert.Contains("app.tar", error.Message, StringComparison.Ordinal);

        TestLayouts.WriteDirectory(Folder["layout"], TestLayouts.Oci(Image, "acme/app:1"));
        File.Delete(Path.Combine(Folder["layout"], TestLayouts.BlobPath(Image.LayerBlobs[1])));
        Assert.Contains("is missing", (await FailsAsync<CorruptImageException>(() => Images($"oci:{Folder["layout"]}"))).Message, StringComparison.Ordinal);

        // One fault alone: of two, either may be the first.
        TestLayouts.WriteDirectory(Folder["layout"], TestLayouts.Oci(Image, "acme/app:1"));
        await DamageAsync(Path.Combine(Folder["layout"], TestLayouts.BlobPath(Image.LayerBlobs[0])));
        error = await FailsAsync<DigestMismatchException>(() => Images($"oci:{Folder["layout"]}"));
        Assert.Contains($"layer {Digest.Sha256(Image.LayerTars[0])} of oci:{Folder["layout"]}", error.Message, StringComparison.Ordinal);
    }

    private static async Task DamageAsync(string path)
    {
        var content = await File.ReadAllBytesAsync(path);
        content[150_000] ^= 1;
        await File.WriteAllBytesAsync(path, content);
    }

    private string Write(string kind, bool newLayout, bool gzip)
    {
        if (kind == "oci")
        {
            TestLayouts.WriteDirectory(Folder["layout"], TestLayouts.Oci(Image, "acme/app:1"));
            return $"oci:{Folder["layout"]}";
        }

        TestLayouts.WriteTar(Folder["image.tar"], kind == "oci-archive" ? TestLayouts.Oci(Image, "acme/app:1") : TestLayouts.DockerSave(newLayout, gzip, (Image, ["acme/app:1"])));
        return $"{kind}:{Folder["image.tar"]}";
    }

    /// <summary>The archive's stretch from the first layer's folder up to what belongs to images.</summary>
    private async Task<byte[]> LayersAsync(byte[] archive, PackReport report)
    {
        var names = (await PackTest.ReadAsync(await SaveAsync(archive))).Select(m => (Name: System.Text.Encoding.UTF8.GetString(m.Entry.Name), m.Entry.HeaderOffset)).ToList();
        var folder = $"inject/resin-data/docker/overlay2/{report.Manifest.Layers![0].CacheId}";
        var start = names.First(n => n.Name.TrimEnd('/') == folder).HeaderOffset;
        var end = names.First(n => n.Name == folder + "/committed").HeaderOffset;
        Assert.InRange(end - start, 300_000, 400_000);
        return archive[(int)start..(int)end];
    }
}
