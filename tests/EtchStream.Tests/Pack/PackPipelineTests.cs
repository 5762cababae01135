using System.Security.Cryptography;
using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Pack;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Pack;

public sealed class PackPipelineTests : PackTest
{
    [Fact]
    public async Task Manifest_image_files_and_trailer_come_in_this_order()
    {
        File.WriteAllText(Folder["setup.sh"], "#!/bin/sh\n");
        var report = await PackAsync($"data:/opt/run.sh={Folder["setup.sh"]}", $"1:/opt/={Folder["setup.sh"]}");
        var members = await ReadAsync(OutputPath);
        Assert.Equal(
            ["manifest.json", "disk.img", "inject/data/opt/run.sh", "inject/1/opt/setup.sh", "etch-trailer.json"],
            members.Select(m => Encoding.UTF8.GetString(m.Entry.Name)));
        Assert.Equal("#!/bin/sh\n"u8.ToArray(), members[2].Content);

        var manifest = ArchiveManifest.Parse(members[0].Content);
        Assert.Equal("disk.img", manifest.Image.Name);
        Assert.Equal(12 * PackImage.MiB, manifest.Image.Size);
        Assert.Equal(["data", "1"], manifest.Partitions.Select(p => p.Selector));
        Assert.All(manifest.Partitions, p => Assert.Equal((1, "data", "ext4", 4L * PackImage.MiB), (p.Number!.Value, p.Label, p.FileSystem, p.Size!.Value)));
        Assert.Equal([("file", "/opt/run.sh"), ("file", "/opt/setup.sh")], manifest.Injected.Select(i => (i.Kind, i.Destination)));
        Assert.Equal(new FileInfo(OutputPath).Length, report.ArchiveBytes);
        Assert.Equal(report.ArchiveBytes, report.OutputBytes);
    }

    [Fact]
    public async Task The_trailer_proves_the_archive_and_the_image()
    {
        File.WriteAllText(Folder["a"], "12345");
        await PackAsync($"1:/a={Folder["a"]}");
        var members = await ReadAsync(OutputPath);
        var trailer = ArchiveTrailer.Parse(members[^1].Content);
        var before = File.ReadAllBytes(OutputPath).AsSpan(0, (int)members[^1].Entry.HeaderOffset);
        Assert.Equal(before.Length, trailer.Archive.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(before)), trailer.Archive.Sha256);
        var image = PackImage.Make();
        Assert.Equal(image.Length, trailer.Image!.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(image)), trailer.Image.Sha256);
        var partition = Assert.Single(trailer.Partitions);
        Assert.Equal((1, 5, 1, 1), (partition.Entries, partition.Bytes, partition.Blocks, partition.Inodes));
    }

    [Fact]
    public async Task The_image_is_sparse_and_whole()
    {
        var report = await PackAsync();
        var (entry, content) = (await ReadAsync(OutputPath))[1];
        var image = new byte[entry.Size];
        var position = 0;
        foreach (var run in entry.DataRuns!)
        {
            content.AsSpan(position, (int)run.Length).CopyTo(image.AsSpan((int)run.Offset));
            position += (int)run.Length;
        }

        Assert.Equal(PackImage.Make(), image);
        Assert.Equal(content.Length, report.ImageDataBytes);
        Assert.True(content.Length < 700_000, $"{content.Length} bytes of an image that holds fewer than 400 000");
        Assert.Equal((0L, 0L, default(UnixTime)), (entry.UserId, entry.GroupId, entry.ModificationTime));
    }

    [Fact]
    public async Task Holes_on_the_disk_do_not_change_a_byte()
    {
        // The same content three times: every byte written, one hole around each byte that is not zero, and something between.
        var bytes = PackImage.Make();
        await PackAsync(Folder["dense.tar"], []);
        var sparse = Folder.MakeFolder("sparse");
        await using (var file = File.Create(Path.Combine(sparse, "disk.img")))
        {
            file.SetLength(bytes.Length);
            for (var at = 0; at < bytes.Length; at += 4096)
            {
                if (!bytes.AsSpan(at, 4096).ContainsAnyExcept((byte)0)) continue;
                file.Position = at;
                file.Write(bytes.AsSpan(at, 4096));
            }
        }

        await PackAsync(Folder["sparse.tar"], [], image: Path.Combine(sparse, "disk.img"));
        Assert.Equal(File.ReadAllBytes(Folder["dense.tar"]), File.ReadAllBytes(Folder["sparse.tar"]));
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_bytes()
    {
        var tree = Folder.MakeFolder("tree");
        foreach (var name in new[] { "b", "a", "Z", "a.b", "ä", "c" }) File.WriteAllText(Path.Combine(tree, name), name);
        Directory.CreateDirectory(Path.Combine(tree, "a-folder", "x"));
        await PackAsync(Folder["1.tar"], [$"1:/t={tree}"]);
        File.SetLastWriteTimeUtc(ImagePath, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await PackAsync(Folder["2.tar"], [$"1:/t={tree}"]);
        Assert.Equal(File.ReadAllBytes(Folder["1.tar"]), File.ReadAllBytes(Folder["2.tar"]));
        var names = (await ReadAsync(Folder["1.tar"])).Select(m => Encoding.UTF8.GetString(m.Entry.Name)).Where(n => n.StartsWith("inject", StringComparison.Ordinal));
        Assert.Equal(
            ["inject/1/t/", "inject/1/t/Z", "inject/1/t/a", "inject/1/t/a-folder/", "inject/1/t/a-folder/x/", "inject/1/t/a.b", "inject/1/t/b", "inject/1/t/c", "inject/1/t/ä"],
            names);
    }

    [Theory]
    [InlineData("gzip:1", CompressionFormat.Gzip)]
    [InlineData("gzip", CompressionFormat.Gzip)]
    [InlineData("zstd:9", CompressionFormat.Zstd)]
    public async Task A_compressed_archive_is_the_same_archive_compressed(string text, CompressionFormat format)
    {
        Assert.True(PackCompression.TryParse(text, out var compression, out _));
        await PackAsync(Folder["plain"], []);
        var report = await PackAsync(Folder["packed"], [], compression);
        await using var decoded = Decoders.Default.Open(format, File.OpenRead(Folder["packed"]));
        using var bytes = new MemoryStream();
        await decoded.CopyToAsync(bytes);
        Assert.Equal(File.ReadAllBytes(Folder["plain"]), bytes.ToArray());
        Assert.Equal(new FileInfo(Folder["packed"]).Length, report.OutputBytes);
        Assert.Equal(new FileInfo(Folder["plain"]).Length, report.ArchiveBytes);
    }

    [Fact]
    public async Task A_compressed_image_goes_in_as_it_is_and_is_named_for_what_it_is()
    {
        await using (var file = File.Create(Folder["disk.bin"]))
        await using (var gzip = Encoders.Gzip.OpenEncoder(file))
        {
            gzip.Write(PackImage.Make());
        }

        File.WriteAllText(Folder["a"], "a");
        var report = await PackAsync(OutputPath, [$"9:/a={Folder["a"]}"], image: Folder["disk.bin"]);
        var (entry, content) = (await ReadAsync(OutputPath))[1];
        Assert.Equal("disk.bin.img.gz"u8.ToArray(), entry.Name);
        Assert.Equal(File.ReadAllBytes(Folder["disk.bin"]), content);
        Assert.Null(entry.DataRuns);
        Assert.Equal("gzip", report.Manifest.Image.Compression);
        Assert.Null(report.Trailer.Image);
        Assert.Null(Assert.Single(report.Manifest.Partitions).Number);
        Assert.Contains("9", Assert.Single(report.Warnings));
    }

    [Fact]
    public async Task An_image_of_zeros_only_has_a_map_without_data()
    {
        await using (var file = File.Create(Folder["zero.img"])) file.SetLength((3 * PackImage.MiB) + 5);
        var report = await PackAsync(OutputPath, [], image: Folder["zero.img"]);
        var (entry, content) = (await ReadAsync(OutputPath))[1];
        Assert.Empty(content);
        Assert.Equal((3 * PackImage.MiB) + 5, entry.Size);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[entry.Size])), report.Trailer.Image!.Sha256);
    }

    [Fact]
    public async Task A_stream_takes_an_archive_too_and_stays_open()
    {
        using var stream = new MemoryStream();
        await PackPipeline.RunAsync(new PackOptions { Image = ImagePath, OutputStream = stream });
        await PackAsync();
        Assert.Equal(File.ReadAllBytes(OutputPath), stream.ToArray());
    }

    [Fact]
    public async Task Progress_tells_each_phase()
    {
        var phases = new List<PackPhase>();
        File.WriteAllText(Folder["a"], "a");
        await PackAsync(OutputPath, [$"1:/a={Folder["a"]}"], progress: new Recorder(p => phases.Add(p.Phase)));
        Assert.Equal([PackPhase.Start, PackPhase.Scan, PackPhase.Image, PackPhase.Files, PackPhase.Finish], phases.Distinct());
    }

    [Fact]
    public async Task What_is_planned_is_not_counted_twice()
    {
        File.WriteAllText(Folder["a"], "a");
        PackProgress? last = null;
        await PackAsync(OutputPath, [$"1:/a={Folder["a"]}", $"1:/b={Folder["a"]}"], progress: new Recorder(p => last = p));
        var withoutPlan = last!.Entries;
        await PackPipeline.RunAsync(new PackOptions { Image = ImagePath, Injections = [Parse($"1:/a={Folder["a"]}"), Parse($"1:/b={Folder["a"]}")], OutputPath = OutputPath, Flush = false, Plan = true }, new Recorder(p => last = p));
        Assert.Equal(4, withoutPlan);
        Assert.Equal(withoutPlan, last.Entries);
    }

    private sealed class Recorder(Action<PackProgress> action) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => action(value);
    }
}
