using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Pack;
using EtchStream.Sources;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.Unpack;
using EtchStream.Unpack.Growth;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What each partition needs is known at the beginning, whether layers were seen before or not; and what does not fit is told before a byte is written.</summary>
public sealed class PlanTests : ContainerPackTest
{
    private static readonly byte[][] Layers = [TestImage.LayerTar(1, 5_000_000), TestImage.LayerTar(2), TestImage.LayerTar(3, 70_000)];
    private static readonly TestImage Image = TestImage.Create(layers: Layers);

    private string Cache => Folder["cache"];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Server.Add("acme/app", Image, "1");
        File.WriteAllText(Folder["file"], new string('f', 9000));
    }

    [ToolFact("mke2fs")]
    public async Task The_archive_is_the_same_whatever_is_known_and_a_known_layer_is_fetched_once()
    {
        var withoutCache = await PackAsync(cache: null);
        Assert.Equal([2, 2, 2], Image.LayerBlobs.Select(Fetched));
        var first = await PackAsync(Cache);
        Assert.Equal([4, 4, 4], Image.LayerBlobs.Select(Fetched));
        Assert.Equal(3, Directory.GetFiles(Cache).Length);
        var second = await PackAsync(Cache);
        Assert.Equal([5, 5, 5], Image.LayerBlobs.Select(Fetched));

        // Half of it known, and files that are none.
        File.Delete(Directory.GetFiles(Cache).Order().First());
        File.WriteAllText(Directory.GetFiles(Cache).Order().First(), "no JSON");
        var third = await PackAsync(Cache);
        foreach (var archive in (byte[][])[first, second, third]) Assert.True(withoutCache.AsSpan().SequenceEqual(archive), "the archives differ");

        var manifest = ArchiveManifest.Parse((await MembersAsync(first))["manifest.json"]);
        var trailer = ArchiveTrailer.Parse((await MembersAsync(first))["etch-trailer.json"]);
        var (said, came) = (Assert.Single(manifest.Partitions), Assert.Single(trailer.Partitions));
        Assert.Equal((came.Blocks, came.Inodes), (said.NeededBlocks, said.NeededInodes));
        Assert.InRange(said.NeededBlocks!.Value, 5_000_000 / 4096, 1400);
        Assert.True(said.FreeBytes > 8 << 20);
    }

    [ToolFact("mke2fs")]
    public async Task Facts_that_are_wrong_end_the_run_and_are_forgotten()
    {
        await PackAsync(Cache);
        foreach (var file in Directory.GetFiles(Cache)) File.WriteAllText(file, """{"version":1,"entries":1,"bytes":1,"blocks":1,"inodes":1}""");
        var error = await Assert.ThrowsAsync<IOException>(() => PackAsync(Cache));
        Assert.Contains("what the cache had of a layer was wrong", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Folder["out"]));
        Assert.Empty(Directory.GetFiles(Cache));
        await PackAsync(Cache);
    }

    [ToolFact("mke2fs")]
    public async Task What_does_not_fit_is_told_before_a_byte_is_written()
    {
        Fill("large", 20);
        ContainerDisk.WriteLargeBlocks(Folder["disk.img"]);
        var injection = new Injection("resin-data", "/large", Folder["large"]);
        foreach (var (isPlanned, isFile) in ((bool, bool)[])[(false, true), (true, true), (true, false)])
        {
            await PackPipeline.RunAsync(new PackOptions { Image = Folder["disk.img"], Injections = [injection], Plan = isPlanned, PlanCache = null, OutputPath = Folder["large.tar"], Flush = false });

            // Before the output is even made: its folder is not there. From a pipe it is, and holds nothing yet.
            var output = isFile ? Folder["nowhere/out.img"] : Folder["new.img"];
            var input = isFile ? ArchiveInput.OpenFile(Folder["large.tar"]) : ArchiveInput.FromStream(File.OpenRead(Folder["large.tar"]), "a pipe");
            var error = await Assert.ThrowsAsync<OutOfSpaceException>(() => UnpackPipeline.RunAsync(new UnpackOptions { Input = input, Outputs = [output], Grow = GrowOptions.None }));
            Assert.Matches("partition 1 \\(resin-data\\) needs 20 MiB and 1 inodes, has [0-9]+ MiB and [0-9]+", error.Message);
        }

        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(Folder["large.tar"]), Outputs = [Folder["grown.img"]], Flush = false });
    }

    [ToolFact("mke2fs", "debugfs")]
    public async Task What_takes_the_place_of_something_needs_no_room_anew()
    {
        Fill("large", 7);
        ContainerDisk.Partition(Folder["disk.img"]).DebugFs($"write {Folder["large"]} large", write: true);
        var injection = new Injection("resin-data", "/large", Folder["large"]);
        var report = await PackPipeline.RunAsync(new PackOptions { Image = Folder["disk.img"], Injections = [injection, injection], OutputPath = Folder["large.tar"], Flush = false });
        Assert.Equal((0, 0), (report.Trailer.Partitions[0].Blocks, report.Trailer.Partitions[0].Inodes));
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(Folder["large.tar"]), Outputs = [Folder["same.img"]], Grow = GrowOptions.None, Flush = false });
        Assert.Empty(ContainerDisk.Partition(Folder["same.img"]).Check());
    }

    [ToolFact("mke2fs", "debugfs")]
    public async Task What_becomes_free_makes_room_for_what_comes_after()
    {
        Fill("large", 8);
        Fill("next", 7);
        ContainerDisk.Partition(Folder["disk.img"]).DebugFs($"write {Folder["large"]} large", write: true);
        Injection[] injections = [new("resin-data", "/large", Folder["file"]), new("resin-data", "/next", Folder["next"])];
        var report = await PackPipeline.RunAsync(new PackOptions { Image = Folder["disk.img"], Injections = injections, OutputPath = Folder["a.tar"], Flush = false });
        Assert.Equal((0, 1), (report.Trailer.Partitions[0].Blocks, report.Trailer.Partitions[0].Inodes));
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(Folder["a.tar"]), Outputs = [Folder["same.img"]], Grow = GrowOptions.None, Flush = false });
        Assert.Empty(ContainerDisk.Partition(Folder["same.img"]).Check());
    }

    // The disk has blocks of 1 KiB, and the trailer counts in such of 4.
    [ToolTheory("mke2fs")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Small_files_that_fit_into_small_blocks_are_not_refused(bool isPlanned)
    {
        Fill("large", 4);
        ContainerDisk.Partition(Folder["disk.img"]).DebugFs($"write {Folder["large"]} large", write: true);
        var files = Folder.MakeFolder("files");
        for (var i = 0; i < 2800; i++) File.WriteAllText(Path.Combine(files, $"{i}"), new string('f', 300));
        await PackPipeline.RunAsync(new PackOptions
        {
            Image = Folder["disk.img"], Injections = [new Injection("resin-data", "/files", files)], Plan = isPlanned, PlanCache = null, OutputPath = Folder["a.tar"], Flush = false,
        });
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(Folder["a.tar"]), Outputs = [Folder["same.img"]], Grow = GrowOptions.None, Flush = false });
        Assert.Empty(ContainerDisk.Partition(Folder["same.img"]).Check());
    }

    // No zeros: debugfs would leave holes for them.
    private void Fill(string name, int mebibytes)
    {
        var content = new byte[mebibytes << 20];
        content.AsSpan().Fill(0x55);
        File.WriteAllBytes(Folder[name], content);
    }

    private async Task<byte[]> PackAsync(string? cache)
    {
        await PackPipeline.RunAsync(new PackOptions
        {
            Image = Folder["disk.img"],
            Containers = Images("HOST/acme/app:1"),
            Injections = [new Injection("resin-data", "/etc/file", Folder["file"])],
            Plan = true,
            PlanCache = cache,
            OutputPath = OutputPath,
            Flush = false,
        });
        var archive = await File.ReadAllBytesAsync(OutputPath);
        File.Delete(OutputPath);
        return archive;
    }
}
