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
    public void Container_images_and_services_are_listed()
    {
        var id = "sha256:" + new string('a', 64);
        var report = new InspectReport
        {
            Name = "a.tar",
            Archive = new ArchiveReport
            {
                Size = 1,
                IsComplete = true,
                Partitions = [new ArchivePartitionReport { Selector = "resin-data" }],
                Containers = [new ManifestContainer { ImageId = id, Names = ["app:1", $"app@{id}"], Layers = [id, id] }],
                Services = [new ManifestService { App = "a1", Release = "c0ffee", Service = "main", Image = $"app@{id}" }],
            },
        };
        var text = InspectText.Format(report);
        Assert.Contains($"sha256:aaaaaaaaaaaa  2       app:1 app@{id}\n", text, StringComparison.Ordinal);
        Assert.Contains($"a1   c0ffee   main     app@{id}\n", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("app:1", json.RootElement.GetProperty("archive").GetProperty("containers")[0].GetProperty("names")[0].GetString());
        Assert.Equal("main", json.RootElement.GetProperty("archive").GetProperty("services")[0].GetProperty("service").GetString());
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
}
