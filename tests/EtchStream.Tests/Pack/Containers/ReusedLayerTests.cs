using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Layers that the store of the disk image has are left out and built upon; what is only half there is packed.</summary>
public sealed class ReusedLayerTests : ContainerPackTest
{
    private const string Store = "docker/overlay2";
    private static readonly byte[] A = TestImage.LayerTar(1, 400_000);
    private static readonly byte[] B = TestImage.LayerTar(2);
    private static readonly byte[] C = TestImage.LayerTar(3);
    private static readonly TestImage One = TestImage.Create(layers: [A, B]);
    private static readonly TestImage Two = TestImage.Create(layers: [A, B, C]);

    [ToolFact("mke2fs")]
    public async Task Only_new_layers_are_fetched_and_packed_and_they_lie_on_the_old_ones()
    {
        await PreloadAsync();
        var (archive, report) = await ReportAsync(Images("HOST/acme/two:1"));
        Assert.Equal([true, true, null], report.Manifest.Layers!.Select(l => l.IsReused));
        Assert.Equal(One.LayerBlobs.Sum(b => (long)b.Length), report.ReusedBytes);
        Assert.Equal([1, 1, 1], new[] { A, B, C }.Select(tar => Fetched(TestImage.Gzip(tar))));
        var members = await MembersAsync(archive);
        Assert.DoesNotContain(members.Keys, n => n.EndsWith("/file-1", StringComparison.Ordinal) || n.EndsWith("/file-2", StringComparison.Ordinal));

        // The layer that was the top is a parent now, and what it lies on was one before.
        var layers = report.Manifest.Layers!;
        Assert.Equal([$"inject/resin-data/{Store}/{layers[1].CacheId}/committed"], members.Keys.Where(n => n.EndsWith("/committed", StringComparison.Ordinal)));
        Assert.Equal($"l/{layers[1].Link}:l/{layers[0].Link}", Encoding.ASCII.GetString(members[$"inject/resin-data/{Store}/{layers[2].CacheId}/lower"]));

        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
        var volume = Open(Folder["unpacked.img"]);
        Assert.Equal(400_000, volume.Find($"{Store}/{layers[0].CacheId}/diff/file-1")!.Size);
        Assert.Equal(3, volume.ReadDirectory(volume.Find("docker/image/overlay2/layerdb/sha256")!).Count);
    }

    [ToolFact("mke2fs")]
    public async Task Without_reuse_everything_is_packed()
    {
        await PreloadAsync();
        var images = Images("HOST/acme/two:1");
        var (archive, report) = await ReportAsync(new ContainerOptions { Images = images.Images, Registry = images.Registry, Reuse = false });
        Assert.Equal([null, null, null], report.Manifest.Layers!.Select(l => l.IsReused));
        Assert.Equal(0, report.ReusedBytes);
        Assert.Contains((await MembersAsync(archive)).Keys, n => n.EndsWith("/file-1", StringComparison.Ordinal));
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolTheory("mke2fs")]
    [InlineData("link")]
    [InlineData("cache-id")]
    [InlineData("diff")]
    [InlineData("lower")]
    public async Task A_layer_that_is_only_half_there_is_packed(string broken)
    {
        var layers = (await PreloadAsync()).Manifest.Layers!;
        var top = layers[1];
        var path = broken is "link" or "lower" ? $"{Store}/{top.CacheId}/{broken}" : $"docker/image/overlay2/layerdb/sha256/{top.ChainId[7..]}/{broken}";
        Write(Folder["disk.img"], path, "../../../etc");
        var (archive, report) = await ReportAsync(Images("HOST/acme/two:1"));
        Assert.Equal([true, null, null], report.Manifest.Layers!.Select(l => l.IsReused));
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
        Assert.Equal(top.CacheId, Text(Open(Folder["unpacked.img"]), $"docker/image/overlay2/layerdb/sha256/{top.ChainId[7..]}/cache-id"));
    }

    [ToolFact("mke2fs")]
    public async Task A_layer_whose_parent_is_missing_is_packed_with_it()
    {
        var layers = (await PreloadAsync()).Manifest.Layers!;
        Write(Folder["disk.img"], $"{Store}/{layers[0].CacheId}/link", "nothing");
        Assert.Equal([null, null, null], (await ReportAsync(Images("HOST/acme/two:1"))).Report.Manifest.Layers!.Select(l => l.IsReused));
    }

    [ToolFact("mke2fs")]
    public async Task An_archive_made_without_the_image_leaves_out_at_unpack_what_the_store_calls_by_other_names()
    {
        var layers = (await PreloadAsync()).Manifest.Layers!;
        var (cacheId, link) = (new string('7', 64), new string('Z', 26));

        // As an engine would have named the base.
        var old = Open(Folder["disk.img"]);
        Write(Folder["disk.img"], $"docker/image/overlay2/layerdb/sha256/{layers[0].ChainId[7..]}/cache-id", cacheId);
        Write(Folder["disk.img"], $"{Store}/{cacheId}/link", link);
        Write(Folder["disk.img"], $"{Store}/{cacheId}/diff/file-1", "the engine's");
        Assert.NotNull(old.Find(Store));
        var images = Images("HOST/acme/two:1");
        var (archive, _) = await ReportAsync(new ContainerOptions { Images = images.Images, Registry = images.Registry, Reuse = false });
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
        var volume = Open(Folder["unpacked.img"]);
        Assert.Equal(cacheId, Text(volume, $"docker/image/overlay2/layerdb/sha256/{layers[0].ChainId[7..]}/cache-id"));
        Assert.Equal("the engine's", Text(volume, $"{Store}/{cacheId}/diff/file-1"));
        Assert.Equal($"../{cacheId}/diff", Encoding.ASCII.GetString(volume.ReadSymbolicLink(volume.Find($"{Store}/l/{layers[0].Link}")!)));
        Assert.NotNull(volume.Find($"{Store}/{cacheId}/committed"));
    }

    [ToolFact("mke2fs")]
    public async Task An_archive_that_builds_on_what_its_image_does_not_hold_is_refused()
    {
        await PreloadAsync();
        var (archive, report) = await ReportAsync(Images("HOST/acme/two:1"));

        // The link's name, changed in the image that is inside of the archive, and everywhere else in it.
        var link = Encoding.ASCII.GetBytes(report.Manifest.Layers![0].Link);
        var other = (byte[])link.Clone();
        other[0] = link[0] == (byte)'A' ? (byte)'B' : (byte)'A';
        for (var at = archive.AsSpan().LastIndexOf(link); at > 100_000; at = archive.AsSpan(0, at).LastIndexOf(link)) other.CopyTo(archive, at);
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => UnpackAsync(archive));
        Assert.Contains("builds on the layer sha256:", error.Message, StringComparison.Ordinal);
    }

    private async Task<PackReport> PreloadAsync()
    {
        Server.Add("acme/one", One, "1");
        Server.Add("acme/two", Two, "1");
        var (archive, report) = await ReportAsync(Images("HOST/acme/one:1"));
        await UnpackAsync(archive);
        File.Move(Folder["unpacked.img"], Folder["disk.img"], overwrite: true);
        return report;
    }

    private static Ext4Volume Open(string image)
    {
        var partition = ContainerDisk.Partition(image);
        return Ext4Volume.Open(new DiskSlice(new MemoryDisk(File.ReadAllBytes(image)), partition.Offset, partition.Length));
    }

    private static string Text(Ext4Volume volume, string path)
    {
        var file = volume.Find(path)!;
        var bytes = new byte[file.Size];
        volume.ReadFile(file, 0, bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private static void Write(string image, string path, string content)
    {
        var bytes = File.ReadAllBytes(image);
        var partition = ContainerDisk.Partition(image);
        var disk = new DiskSlice(new MemoryDisk(bytes), partition.Offset, partition.Length);
        var writer = Ext4Writer.Open(disk);
        var mapper = new FileContentMapper();
        mapper.Begin(disk, writer.CreateFile(Encoding.ASCII.GetBytes(path), new UnixAttributes { Mode = 0x1A4 }, content.Length), content.Length, dataRuns: null);
        mapper.Append(Encoding.ASCII.GetBytes(content));
        mapper.End();
        foreach (var _ in writer.Commit())
        {
        }

        File.WriteAllBytes(image, bytes);
    }
}
