using EtchStream.Formats;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>A compressed disk image is looked into as a raw one is, and packed as it is.</summary>
public sealed class CompressedDiskTests : ContainerPackTest
{
    private static readonly TestImage One = TestImage.Create(layers: [TestImage.LayerTar(1)]);
    private static readonly TestImage Two = TestImage.Create(layers: [TestImage.LayerTar(1), TestImage.LayerTar(2)]);

    [ToolTheory("mke2fs", "gzip", "xz")]
    [InlineData("gzip")]
    [InlineData("xz")]
    public async Task Layers_that_its_store_has_are_left_out(string tool)
    {
        await PreloadAsync(tool);
        var compressed = await File.ReadAllBytesAsync(Folder["disk.img"]);
        var (archive, report) = await ReportAsync(Images("HOST/acme/two:1"));
        Assert.Equal([true, null], report.Manifest.Layers!.Select(l => l.IsReused));
        Assert.Equal("resin-data", Assert.Single(report.Manifest.Partitions).Label);
        Assert.Empty(report.Warnings);
        Assert.Equal(compressed, (await MembersAsync(archive))[report.Manifest.Image.Name]);
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolFact("mke2fs", "gzip")]
    public async Task Unless_it_is_not_to_be_expanded()
    {
        await PreloadAsync("gzip");
        var images = Images("HOST/acme/two:1");
        var (archive, report) = await ReportAsync(new ContainerOptions { Images = images.Images, Registry = images.Registry, Expand = false });
        Assert.Equal([null, null], report.Manifest.Layers!.Select(l => l.IsReused));
        Assert.Contains("compressed", Assert.Single(report.Warnings), StringComparison.Ordinal);
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolFact("mke2fs", "gzip")]
    public async Task One_that_is_cut_off_is_named()
    {
        await PreloadAsync("gzip");
        var bytes = await File.ReadAllBytesAsync(Folder["disk.img"]);
        await File.WriteAllBytesAsync(Folder["disk.img"], bytes[..^100]);
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => PackAsync(Images("HOST/acme/two:1")));
        Assert.StartsWith(Folder["disk.img"], error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Folder["out"]));
    }

    private async Task PreloadAsync(string tool)
    {
        Server.Add("acme/one", One, "1");
        Server.Add("acme/two", Two, "1");
        await UnpackAsync(await PackAsync(Images("HOST/acme/one:1")));
        File.Move(Folder["unpacked.img"], Folder["disk.img"], overwrite: true);
        HostTool.RunOk(tool, "--keep", "--force", "--suffix=.c", Folder["disk.img"]);
        File.Move(Folder["disk.img.c"], Folder["disk.img"], overwrite: true);
    }
}
