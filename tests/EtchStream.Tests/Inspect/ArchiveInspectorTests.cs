using System.IO.Compression;
using System.Text.Json;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Inspect;
using EtchStream.Tests.Unpack;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Inspect;

[Collection(PipelineCollection.Name)]
public sealed class ArchiveInspectorTests
{
    private static readonly byte[] Image = TestImages.TwoPartitions();

    [Fact]
    public async Task A_complete_archive_is_described_with_its_totals()
    {
        using var builder = new ArchiveBuilder();
        var archive = await InspectAsync(Fill(builder.Manifest("disk.img", Image.Length)).Trailer().ToBytes());
        Assert.Null(archive.Problem);
        Assert.True(archive.IsComplete);
        Assert.Equal(1, archive.Version);
        Assert.Equal(64, archive.Sha256!.Length);
        Assert.Equal(new ArchiveImageReport("disk.img", Image.Length, Image.Length, null), archive.Image);
        Assert.Equal(["2", "data"], archive.Partitions.Select(p => p.Selector));
        var two = archive.Partitions[0];
        Assert.Equal((6L, 2L, 2L, 1L, 1L, 0L, 7L), (two.Entries, two.Files, two.Directories, two.SymbolicLinks, two.HardLinks, two.Nodes, two.Bytes));
    }

    [Fact]
    public async Task Container_images_and_services_are_listed_with_the_sizes_that_are_in_the_archive()
    {
        string Id(char digit) => "sha256:" + new string(digit, 64);
        ManifestLayer Layer(char digit, char? parent, bool? isReused = null) =>
            new() { ChainId = Id(digit), DiffId = Id(digit), Parent = parent is { } p ? Id(p) : null, CacheId = new string(digit, 64), Link = new string('A', 26), IsReused = isReused };
        var manifest = new ArchiveManifest
        {
            Image = new ManifestImage { Name = "disk.img", Size = Image.Length },
            Engine = new ManifestEngine { Partition = "resin-data", Root = "docker", Driver = "overlay2", SharedFolders = [] },
            Containers =
            [
                new ManifestContainer { ImageId = Id('a'), Names = ["app:1", $"app@{Id('a')}"], Layers = [Id('1'), Id('2')] },
                new ManifestContainer { ImageId = Id('b'), Names = ["other:1"], Layers = [Id('1'), Id('3')] },
            ],
            Layers = [Layer('1', null), Layer('2', '1'), Layer('3', '1', isReused: true)],
            Apps =
            [
                new ManifestService { App = "a1", Release = "c0ffee", Service = "main", Image = $"app@{Id('a')}" },
                new ManifestService { App = "a1", Release = "c0ffee", Service = "lost", Image = "docker.io/library/lost" },
            ],
        };
        using var builder = new ArchiveBuilder();
        builder.File("manifest.json", manifest.ToBytes()).File("disk.img", Image);
        const string Database = "inject/resin-data/docker/image/overlay2/layerdb/sha256";
        builder.File($"{Database}/{new string('1', 64)}/size", ArchiveBuilder.Text("1000")).File($"{Database}/{new string('2', 64)}/size", ArchiveBuilder.Text("24"));

        // None of these is a size of a layer of the manifest.
        builder.File($"{Database}/{new string('4', 64)}/size", ArchiveBuilder.Text("7")).File($"{Database}/{new string('3', 64)}/diff", ArchiveBuilder.Text("7"))
            .File($"inject/data/docker/image/overlay2/layerdb/sha256/{new string('3', 64)}/size", ArchiveBuilder.Text("7"));
        var bytes = builder.Trailer().ToBytes();
        foreach (var archive in new[] { await InspectAsync(bytes), await SkimAsync(bytes) })
        {
            Assert.Null(archive.Problem);
            var store = archive.Store!;
            Assert.Equal((1024L, 2024L), (store.Bytes, store.ImageBytes));
            Assert.Equal([1024L, null], store.Images.Select(i => i.Size));
            Assert.Equal([(1000L, 2), (24L, 1), (null, 1)], store.Layers.Select(l => (l.Size, l.Images)));
            Assert.Equal(["app:1"], store.Images[0].Tags);
            Assert.Equal([$"app@{Id('a')}"], store.Images[0].Digests);
            Assert.Equal([Id('a'), null], archive.Apps!.Services.Select(s => s.ImageId));
            var report = new InspectReport { Name = "a.tar", Archive = archive };
            var text = InspectText.Format(report);
            Assert.Contains("engine /docker on partition resin-data: 2 images, 3 layers, 1.0 KiB, where the images add up to 2.0 KiB\n", text, StringComparison.Ordinal);
            Assert.Contains($"aaaaaaaaaaaa  1.0 KiB  2       app:1 app@{Id('a')}\n", text, StringComparison.Ordinal);
            Assert.Contains("333333333333  333333333333  (on the disk)  1\n", text, StringComparison.Ordinal);
            Assert.Contains($"a1   c0ffee   main     aaaaaaaaaaaa  app@{Id('a')}\n", text, StringComparison.Ordinal);
            Assert.Contains("a1   c0ffee   lost     missing       docker.io/library/lost\n", text, StringComparison.Ordinal);
            using var json = JsonDocument.Parse(report.ToJson());
            var root = json.RootElement.GetProperty("archive");
            Assert.Equal("app:1", root.GetProperty("containers")[0].GetProperty("names")[0].GetString());
            Assert.Equal("main", root.GetProperty("services")[0].GetProperty("service").GetString());
            Assert.Equal(1000, root.GetProperty("store").GetProperty("layers")[0].GetProperty("size").GetInt64());
            Assert.True(root.GetProperty("apps").GetProperty("services")[1].GetProperty("isMissing").GetBoolean());
        }
    }

    [Fact]
    public async Task An_archive_made_by_hand_and_compressed_is_described_too()
    {
        using var builder = new ArchiveBuilder();
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Fill(builder).ToBytes());
        var archive = await InspectAsync(compressed.ToArray());
        Assert.True(archive.IsComplete);
        Assert.Null(archive.Version);
        Assert.Null(archive.Sha256);
        Assert.Equal("gzip", archive.Compression);
    }

    [Fact]
    public async Task A_truncated_archive_says_what_there_is_and_what_is_wrong()
    {
        using var builder = new ArchiveBuilder();
        var bytes = Fill(builder.Manifest("disk.img", Image.Length)).Trailer().ToBytes();
        var archive = await InspectAsync(bytes[..^2048]);
        Assert.False(archive.IsComplete);
        Assert.Contains("truncated", archive.Problem, StringComparison.Ordinal);
        Assert.Equal(6, archive.Partitions[0].Entries);
    }

    [Fact]
    public async Task A_changed_byte_of_the_image_is_found()
    {
        using var builder = new ArchiveBuilder();
        var bytes = Fill(builder.Manifest("disk.img", Image.Length)).Trailer().ToBytes();
        bytes[3_000_000] ^= 1;
        var archive = await InspectAsync(bytes);
        Assert.False(archive.IsComplete);
        Assert.Contains("SHA-256", archive.Problem, StringComparison.Ordinal);
        Assert.Null(archive.Sha256);
        Assert.True(archive.IsRead);

        // Not so where the headers alone are read, and then it is not said to be proven.
        archive = await SkimAsync(bytes);
        Assert.True(archive is { IsComplete: true, IsRead: false, Sha256: null });
        Assert.Equal(64, archive.StatedSha256!.Length);
        Assert.Contains("--verify", InspectText.Format(new InspectReport { Name = "a", Archive = archive }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_alone_tell_the_same_wherever_the_archive_ends()
    {
        using var builder = new ArchiveBuilder();
        var bytes = Fill(builder.Manifest("disk.img", Image.Length)).Trailer().ToBytes();
        var lengths = new List<int> { bytes.Length, 1000, Image.Length / 2 };
        for (var at = Image.Length; at <= bytes.Length; at += 256) lengths.Add(at);
        var whole = 0;
        foreach (var length in lengths)
        {
            var (read, skimmed) = (await InspectAsync(bytes[..length]), await SkimAsync(bytes[..length]));
            Assert.Equal(Describe(read), Describe(skimmed));
            if (skimmed.IsComplete) whole++;
        }

        Assert.InRange(whole, 1, 42); // the two end blocks, and zeros behind them

        static string Describe(ArchiveReport report) => InspectText.Format(new InspectReport
        {
            Name = "a",
            Archive = new ArchiveReport { Size = report.Size, Version = report.Version, IsComplete = report.IsComplete, Problem = report.Problem, StatedSha256 = report.StatedSha256, Image = report.Image, Partitions = report.Partitions },
        });
    }

    [Fact]
    public async Task Headers_alone_are_read_of_a_file()
    {
        using var builder = new ArchiveBuilder();
        var bytes = Fill(builder.Manifest("disk.img", Image.Length)).Trailer().ToBytes();
        await using var stream = new CountedStream(bytes);
        Assert.True((await ArchiveInspector.SkimAsync(stream, CancellationToken.None)).IsComplete);
        Assert.InRange(stream.BytesRead, 10_000, 100_000);
        Assert.True(bytes.Length > 10 << 20);
    }

    [Fact]
    public async Task Wrong_counts_and_what_follows_the_trailer_are_found_by_headers_alone()
    {
        using var counts = new ArchiveBuilder();
        Assert.Contains("counts for partition data", (await SkimAsync(Fill(counts.Manifest("disk.img", Image.Length))
            .Trailer(t => new ArchiveTrailer { Archive = t.Archive, Partitions = [new TrailerPartition { Partition = "data", Entries = 2, Bytes = 0 }] }).ToBytes())).Problem, StringComparison.Ordinal);
        using var length = new ArchiveBuilder();
        Assert.Contains("came before it", (await SkimAsync(Fill(length.Manifest("disk.img", Image.Length))
            .Trailer(t => new ArchiveTrailer { Archive = new TrailerDigest { Sha256 = t.Archive.Sha256, Length = 5 } }).ToBytes())).Problem, StringComparison.Ordinal);
        using var after = new ArchiveBuilder();
        Assert.Contains("follows the trailer", (await SkimAsync(Fill(after.Manifest("disk.img", Image.Length)).Trailer().File("inject/2/x", [1]).ToBytes())).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archives_that_could_not_be_unpacked_say_why()
    {
        using var noImage = new ArchiveBuilder();
        Assert.Contains("no disk image", (await InspectAsync(noImage.Folder("inject").ToBytes())).Problem, StringComparison.Ordinal);
        using var late = new ArchiveBuilder();
        Assert.Contains("image first", (await InspectAsync(late.File("inject/1/a", [1]).File("disk.img", Image).ToBytes())).Problem, StringComparison.Ordinal);
        using var two = new ArchiveBuilder();
        Assert.Contains("b.img", (await InspectAsync(two.File("a.img", Image).File("b.img", Image).ToBytes())).Problem, StringComparison.Ordinal);
        using var unsafePath = new ArchiveBuilder();
        Assert.Contains("..", (await InspectAsync(unsafePath.File("a.img", Image).File("inject/1/../x", [1]).ToBytes())).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_and_json_say_the_same()
    {
        using var builder = new ArchiveBuilder();
        var report = await Inspector.InspectAsync(ArchiveInput.FromStream(new MemoryStream(Fill(builder).ToBytes()), "a\u001b[31m.tar"));
        var text = InspectText.Format(report);
        Assert.Contains("complete: yes\n", text, StringComparison.Ordinal);
        Assert.Contains("image: disk.img, 10.0 MiB, 10.0 MiB of data\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(7, json.RootElement.GetProperty("archive").GetProperty("partitions")[0].GetProperty("bytes").GetInt64());
        Assert.False(json.RootElement.TryGetProperty("image", out _));
    }

    [Fact]
    public async Task What_is_neither_archive_nor_image_is_refused()
    {
        await Assert.ThrowsAsync<CorruptFormatException>(() => InspectAsync([]));
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => InspectAsync(new byte[5000]));
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Image);
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => InspectAsync(compressed.ToArray()));
    }

    private static ArchiveBuilder Fill(ArchiveBuilder builder) => builder
        .File("disk.img", Image)
        .Folder("inject").Folder("inject/2").Folder("inject/2/etc")
        .File("inject/2/etc/a", [1, 2, 3]).File("inject/2/etc/b", [4, 5, 6, 7])
        .SymbolicLink("inject/2/l", "x").HardLink("inject/2/h", "inject/2/etc/a")
        .File("inject/data/c", []);

    private static async Task<ArchiveReport> InspectAsync(byte[] bytes) =>
        (await Inspector.InspectAsync(ArchiveInput.FromStream(new MemoryStream(bytes), "test"))).Archive!;

    private static async Task<ArchiveReport> SkimAsync(byte[] bytes)
    {
        await using var stream = new MemoryStream(bytes);
        return await ArchiveInspector.SkimAsync(stream, CancellationToken.None);
    }

    /// <summary>Counts what is read of it.</summary>
    private sealed class CountedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += count;
            return count;
        }
    }
}
