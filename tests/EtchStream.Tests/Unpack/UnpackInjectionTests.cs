using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Pack;
using EtchStream.Sources;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>Files that are given at flash time: the image is the one that packing them would have given.</summary>
[Collection(PipelineCollection.Name)]
public sealed class UnpackInjectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly long _buffersBefore = PooledBuffer.Outstanding;

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(_buffersBefore, PooledBuffer.Outstanding);
    }

    [ToolTheory("mke2fs", "mkfs.vfat", "tar", "gzip")]
    [InlineData("resin-data:/etc=dir:tree")]
    [InlineData("resin-data:/=tree")]
    [InlineData("6:/a/b/c.bin=big")]
    [InlineData("6:/keep/=big")]
    [InlineData("resin-data:/=tree.tar")]
    [InlineData("resin-data:/etc=tree.tgz")]
    [InlineData("resin-data:/raw.tar=file:tree.tar")]
    [InlineData("resin-boot:/system-connections/static=small")]
    [InlineData("resin-boot:/CONFIG.TXT=empty")]
    [InlineData("resin-data:/etc=tree resin-data:/etc/hosts=small resin-boot:/x=big resin-state:/y=empty")]
    public async Task The_image_is_the_one_that_packing_them_gives(string injections)
    {
        MakeDisk();
        MakeSources();
        var all = Injections(injections);
        await PackAsync("with.tar", all);
        await UnpackAsync("with.tar", "with.img");
        await PackAsync("without.tar", []);
        var report = await UnpackAsync("without.tar", "without.img", all);
        Assert.True(File.ReadAllBytes(_folder["with.img"]).AsSpan().SequenceEqual(File.ReadAllBytes(_folder["without.img"])), "the images differ");
        Assert.Equal(all.Select(i => i.Partition is "resin-data" ? "6" : i.Partition).Distinct().Count(), report.Partitions.Count);
        Assert.All(report.Partitions, p => Assert.True(p.Entries > 0));
    }

    [ToolFact("mke2fs", "mkfs.vfat", "tar", "gzip", "debugfs")]
    public async Task What_is_given_wins_over_what_the_archive_brings_and_the_archive_stays_verified()
    {
        MakeDisk();
        MakeSources();
        await PackAsync("a.tar", Injections("resin-data:/etc=tree resin-data:/etc/hosts=small"));
        File.WriteAllText(_folder["own"], "this device's own\n");
        var report = await UnpackAsync("a.tar", "out.img", Injections("6:/etc/hosts=own"));
        var data = BalenaDisk.Data(_folder["out.img"]);
        Assert.Empty(data.Check());
        Assert.Equal("this device's own\n", data.DebugFs("cat /etc/hosts"));
        Assert.Equal("one\n", data.DebugFs("cat /etc/one"));
        Assert.Equal(9, Assert.Single(report.Partitions).Entries);
    }

    [ToolFact("mke2fs", "mkfs.vfat", "tar", "mtype")]
    public async Task An_archive_made_by_hand_and_without_files_takes_them_too()
    {
        MakeDisk();
        HostTool.RunOk("tar", "-c", "-S", "-f", _folder["hand.tar"], "-C", _folder.FullPath, "disk.img");
        File.WriteAllText(_folder["config.json"], """{"uuid":"1"}""");
        File.WriteAllText(_folder["logo.png"], "PNG");
        var input = ArchiveInput.FromStream(File.OpenRead(_folder["hand.tar"]), "hand.tar");
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = input, Outputs = [_folder["out.img"]], ConfigPath = _folder["config.json"], SplashPath = _folder["logo.png"], Flush = false });
        Assert.Equal("""{"uuid":"1"}""", HostTool.RunOk("mtype", "-i", $"{_folder["out.img"]}@@4M", "::/config.json").Output);
        Assert.Equal("PNG", HostTool.RunOk("mtype", "-i", $"{_folder["out.img"]}@@4M", "::/splash/balena-logo.png").Output);
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public async Task What_is_known_to_be_wrong_is_found_before_the_archive_is_read()
    {
        MakeDisk();
        await PackAsync("a.tar", []);
        await FailsAsync<FileNotFoundException>("missing", new() { Input = Input("a.tar"), Outputs = [_folder["out.img"]], Injections = Injections("6:/a=missing") });
        File.WriteAllText(_folder["config.json"], "{");
        await FailsAsync<CorruptFormatException>("not JSON", new() { Input = Input("a.tar"), Outputs = [_folder["out.img"]], ConfigPath = _folder["config.json"] });
        await FailsAsync<PartitionNotFoundException>("no partition 9", new() { Input = Input("a.tar"), Outputs = [_folder["out.img"]], Injections = [new Injection("9", "/a", _folder["config.json"])] });
        await FailsAsync<PartitionNotFoundException>("nowhere", new() { Input = Input("a.tar"), Outputs = [_folder["out.img"]], Injections = [new Injection("nowhere", "/a", _folder["config.json"])] });
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public async Task The_output_is_no_source()
    {
        MakeDisk();
        await PackAsync("a.tar", []);
        File.WriteAllText(_folder["out.img"], "older");
        await FailsAsync<OutputRefusedException>("also an input", new() { Input = Input("a.tar"), Outputs = [_folder["out.img"]], Injections = [new Injection("6", "/a", _folder["out.img"])] });
        Directory.CreateDirectory(_folder["sub"]);
        await FailsAsync<OutputRefusedException>("also an input", new() { Input = Input("a.tar"), Outputs = [_folder["sub/new.img"]], Injections = [new Injection("6", "/a", _folder["sub"])] });
        Assert.Equal("older", File.ReadAllText(_folder["out.img"]));
    }

    private async Task FailsAsync<T>(string expected, UnpackOptions options)
        where T : Exception
    {
        var before = Directory.GetFileSystemEntries(_folder.FullPath).Order().ToList();
        var error = await Assert.ThrowsAsync<T>(() => UnpackPipeline.RunAsync(options));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.FullPath).Order());
    }

    private void MakeDisk() => BalenaDisk.Make(_folder["disk.img"], gpt: false, 24 << 20);

    private void MakeSources()
    {
        var random = new byte[300_000];
        new Random(5).NextBytes(random);
        File.WriteAllBytes(_folder["big"], random);
        File.WriteAllText(_folder["small"], "small\n");
        File.WriteAllText(_folder["empty"], "");
        var tree = _folder.MakeFolder("tree");
        Directory.CreateDirectory(Path.Combine(tree, "sub/empty"));
        File.WriteAllText(Path.Combine(tree, "one"), "one\n");
        File.WriteAllBytes(Path.Combine(tree, "sub/two"), random);
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "sub/two");
        File.CreateSymbolicLink(Path.Combine(tree, "dangling"), "/no/where");
        HostTool.RunOk("tar", "-c", "--format=posix", "-f", _folder["tree.tar"], "-C", tree, ".");
        HostTool.RunOk("tar", "-c", "-z", "--format=posix", "-f", _folder["tree.tgz"], "-C", tree, ".");
    }

    private List<Injection> Injections(string text) => [.. text.Split(' ').Select(t =>
    {
        Assert.True(Injection.TryParse(t, out var injection, out var problem), problem);
        return injection with { Source = _folder[injection.Source] };
    })];

    private ArchiveInput Input(string archive) => ArchiveInput.FromStream(File.OpenRead(_folder[archive]), archive);

    private Task PackAsync(string archive, IReadOnlyList<Injection> injections) =>
        PackPipeline.RunAsync(new PackOptions { Image = _folder["disk.img"], Injections = injections, OutputPath = _folder[archive], Flush = false });

    private Task<UnpackReport> UnpackAsync(string archive, string image, IReadOnlyList<Injection>? injections = null) =>
        UnpackPipeline.RunAsync(new UnpackOptions { Input = Input(archive), Outputs = [_folder[image]], Injections = injections ?? [], Flush = false });
}
