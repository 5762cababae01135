using System.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class UnpackPipelineTests : PipelineTest
{
    [Theory]
    [InlineData("")]
    [InlineData("./")]
    public async Task An_image_alone_comes_out_as_it_went_in(string prefix)
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        if (prefix.Length > 0) builder.Folder(prefix);
        var report = await UnpackAsync(builder.File($"{prefix}disk.img", image).ToBytes());
        Assert.True(image.AsSpan().SequenceEqual(File.ReadAllBytes(Output)));
        Assert.Equal(image.Length, report.ImageSize);
        Assert.InRange(report.ImageBytesWritten, 1, image.Length / 2 + (2 * TestImages.MiB));
        Assert.Equal("disk.img", report.ImageName);
        Assert.Null(report.ArchiveDigest);
        Assert.Empty(report.Partitions);
    }

    [Fact]
    public async Task Files_of_every_kind_reach_their_partitions()
    {
        var image = TestImages.TwoPartitions();
        var random = new Random(9);
        var large = new byte[1_500_000];
        random.NextBytes(large);
        using var builder = new ArchiveBuilder();
        var archive = builder
            .File("disk.img", image)
            .Folder("inject").Folder("inject/2").Folder("inject/2/etc/")
            .File("inject/2/etc/hostname", ArchiveBuilder.Text("device\n"), UnixFileMode.UserRead | UnixFileMode.SetUser)
            .File("inject/1/large", large)
            .File("inject/2/empty", [])
            .SymbolicLink("inject/2/etc/link", "../../outside/is/text")
            .HardLink("inject/2/etc/second", "inject/2/etc/hostname")
            .Entry(new PaxTarEntry(TarEntryType.CharacterDevice, "inject/2/null") { DeviceMajor = 1, DeviceMinor = 3 })
            .Entry(new PaxTarEntry(TarEntryType.Fifo, "inject/2/pipe") { Uid = 1000, Gid = 65537 })
            .ToBytes();

        var opener = new FakeOpener();
        var report = await UnpackAsync(archive, opener);
        var output = File.ReadAllBytes(Output);
        var one = opener.Opened[1];
        var two = opener.Opened[2];
        Assert.Equal(["large"], one.Nodes.Keys);
        Assert.Equal(["empty", "etc", "etc/hostname", "etc/link", "etc/second", "null", "pipe"], two.Nodes.Keys.Order(StringComparer.Ordinal));
        Assert.True(one.IsCommitted && two.IsCommitted);
        Assert.True(large.AsSpan().SequenceEqual(one.Content("large", Partition(output, 1))));
        Assert.Equal(ArchiveBuilder.Text("device\n"), two.Content("etc/hostname", Partition(output, 2)));
        Assert.Equal(Convert.ToInt32("4400", 8), two.Nodes["etc/hostname"].Attributes!.Mode);
        Assert.Equal(1234, two.Nodes["etc/hostname"].Attributes!.ModificationTime.Seconds);
        Assert.Equal("../../outside/is/text", two.Nodes["etc/link"].Target);
        Assert.Equal("etc/hostname", two.Nodes["etc/second"].Target);
        Assert.Equal((FileKind.CharacterDevice, 1u, 3u), (two.Nodes["null"].Kind, two.Nodes["null"].Major, two.Nodes["null"].Minor));
        Assert.Equal(65537u, two.Nodes["pipe"].Attributes!.GroupId);
        Assert.Equal([(1, 1L, 1L, 1_500_000L), (2, 7L, 2L, 7L)], report.Partitions.Select(p => (p.Number, p.Entries, p.Files, p.Bytes)));
        Assert.Equal(2, report.Warnings.Count);
        Assert.StartsWith("commit 0", System.Text.Encoding.ASCII.GetString(output, TestImages.MiB, 8), StringComparison.Ordinal);
        Assert.Equal("in place", System.Text.Encoding.ASCII.GetString(output, TestImages.MiB + 4096, 8));
    }

    [Fact]
    public async Task All_bytes_but_those_of_the_files_stay_those_of_the_image()
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        builder.File("disk.img", image);
        var random = new Random(4);
        for (var i = 0; i < 60; i++)
        {
            var content = new byte[random.Next(0, 30_000)];
            random.NextBytes(content);
            builder.File($"inject/{(i % 3 == 0 ? 1 : 2)}/f{i}", content);
        }

        var opener = new FakeOpener(blockSize: 4096);
        await UnpackAsync(builder.ToBytes(), opener);
        var output = File.ReadAllBytes(Output);
        foreach (var (number, system) in opener.Opened)
        {
            var partition = Partition(image, number);
            foreach (var (name, node) in system.Nodes)
            {
                foreach (var place in node.Places)
                {
                    var bytes = new byte[place.Length];
                    Partition(output, number).Read(place.VolumeOffset, bytes);
                    partition.Write(place.VolumeOffset, bytes);
                }

                Assert.Equal(node.Size, system.Content(name, Partition(output, number)).Length);
            }

            for (var i = 0; i < 3; i++) partition.Write(i * 512, ArchiveBuilder.Text($"commit {i}"));
            partition.Write(4096, "in place"u8);
        }

        Assert.True(image.AsSpan().SequenceEqual(output));
    }

    [Fact]
    public async Task A_pipe_that_gives_a_byte_at_a_time_is_as_good_as_a_file()
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        var archive = builder.File("disk.img", image).File("inject/1/a", new byte[5000]).ToBytes();
        await UnpackAsync(new OneByteStream(new MemoryStream(archive)));
        Assert.Equal(image.Length, new FileInfo(Output).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task A_trailer_proves_the_archive_whole(int fileSize)
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        var archive = builder.Manifest("disk.img", image.Length).File("disk.img", image).File("inject/1/a", new byte[fileSize]).Trailer().ToBytes();
        var report = await UnpackAsync(archive);
        Assert.Equal(64, report.ArchiveDigest!.Length);
        Assert.Equal(archive.Length, report.ArchiveBytes);
    }

    [Fact]
    public async Task The_folder_of_a_partition_is_its_root_in_an_etch_archive_and_a_container_in_others()
    {
        var image = TestImages.TwoPartitions();
        using var etch = new ArchiveBuilder();
        etch.Manifest("disk.img", image.Length).File("disk.img", image).Folder("inject/1/").File("inject/1/a", [1, 2]);
        etch.Trailer(t => new EtchStream.Archive.ArchiveTrailer { Archive = t.Archive, Partitions = [new EtchStream.Archive.TrailerPartition { Partition = "1", Entries = 2, Bytes = 2 }] });
        var opener = new FakeOpener();
        await UnpackAsync(etch.ToBytes(), opener);
        Assert.Equal(["", "a"], opener.Opened[1].Nodes.Keys.Order(StringComparer.Ordinal));
        using var made = new ArchiveBuilder();
        opener = new FakeOpener();
        await UnpackAsync(made.File("disk.img", image).Folder("inject/1/").File("inject/1/a", [1, 2]).ToBytes(), opener);
        Assert.Equal(["a"], opener.Opened[1].Nodes.Keys);
    }

    [Fact]
    public async Task Shared_folders_of_an_engine_are_those_of_its_own_partition()
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        builder.Manifest("disk.img", image.Length, new EtchStream.Archive.ManifestEngine { Partition = "1", Root = "docker", Driver = "overlay2", SharedFolders = ["docker"] }).File("disk.img", image);
        foreach (var partition in new[] { 1, 2 })
        {
            foreach (var mode in new[] { UnixFileMode.UserRead, UnixFileMode.UserWrite }) builder.Entry(new PaxTarEntry(TarEntryType.Directory, $"inject/{partition}/docker/") { Mode = mode });
        }

        var opener = new FakeOpener();
        await UnpackAsync(builder.Trailer().ToBytes(), opener);
        Assert.Equal([(int)UnixFileMode.UserRead, (int)UnixFileMode.UserWrite], [opener.Opened[1].Nodes["docker"].Attributes!.Mode, opener.Opened[2].Nodes["docker"].Attributes!.Mode]);
    }

    [Fact]
    public async Task Folders_before_the_image_wait_for_it()
    {
        using var builder = new ArchiveBuilder();
        var opener = new FakeOpener();
        await UnpackAsync(builder.Folder("inject").Folder("inject/2").Folder("inject/2/var").File("disk.img", TestImages.TwoPartitions()).File("inject/2/var/x", [1]).ToBytes(), opener);
        Assert.Equal(["var", "var/x"], opener.Opened[2].Nodes.Keys);
    }

    [Fact]
    public async Task A_partition_without_files_is_not_opened()
    {
        using var builder = new ArchiveBuilder();
        var report = await UnpackAsync(builder.File("disk.img", TestImages.TwoPartitions()).Folder("inject/1/").File("inject/2/x", [1]).ToBytes(), new FakeOpener(1024, 1, 2));
        Assert.Equal([2], report.Partitions.Select(p => p.Number));
    }

    [Fact]
    public async Task An_older_output_is_replaced_with_its_mode_kept()
    {
        File.WriteAllText(Output, "older");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Output, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using var builder = new ArchiveBuilder();
        var image = TestImages.TwoPartitions();
        await UnpackAsync(builder.File("disk.img", image).ToBytes());
        Assert.Equal(image.Length, new FileInfo(Output).Length);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Output)!));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, File.GetUnixFileMode(Output));
    }

    [Fact]
    public async Task Progress_ends_with_all_of_it()
    {
        var last = new LastProgress();
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        var archive = builder.File("disk.img", image).File("inject/1/a", [1]).ToBytes();
        var options = new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(archive), "x"), Outputs = [Output] };
        await UnpackPipeline.RunAsync(options, new FakeOpener(), last, default);
        Assert.Equal(new UnpackProgress(UnpackPhase.Done, archive.Length, archive.Length, image.Length, 1, null), last.Value! with { Waits = [] });
    }

    private sealed class LastProgress : IProgress<UnpackProgress>
    {
        public UnpackProgress? Value { get; private set; }

        public void Report(UnpackProgress value) => Value = value;
    }
}
