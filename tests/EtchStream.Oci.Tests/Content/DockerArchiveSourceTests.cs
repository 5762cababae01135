using System.Text;
using EtchStream.Oci.Content;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

public sealed class DockerArchiveSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestImage _a = TestImage.Create("linux/arm64", [TestImage.LayerTar(1), TestImage.LayerTar(2)]);
    private readonly TestImage _b = TestImage.Create("linux/arm64", [TestImage.LayerTar(1), TestImage.LayerTar(3)]);

    private string ArchivePath => Path.Combine(_folder.FullPath, "saved.tar");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Old_and_new_layouts_give_the_image(bool newLayout)
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout, gzip: false, (_a, ["acme/app:1"])));
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        var image = await source.ResolveAsync(Platform.Parse("linux/arm64"));
        await SourceAssert.IsAsync(_a, source, image, tars: true);
        Assert.All(image.Layers, layer => Assert.Equal(layer.DiffId.Digest, layer.Blob.Digest));
        Assert.All(image.Layers, layer => Assert.Equal(MediaTypes.DockerLayer, layer.Blob.MediaType));
        Assert.Equal("acme/app:1", image.Reference!.ToFamiliarString());
        Assert.Null(image.NamedDigest);
        Assert.Null(image.Manifest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compressed_layers_get_the_digest_of_their_file(bool newLayout)
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout, gzip: true, (_a, [])));
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        var image = await source.ResolveAsync(platform: null);
        await SourceAssert.IsAsync(_a, source, image);
        Assert.All(image.Layers, layer => Assert.Equal(MediaTypes.DockerLayerGzip, layer.Blob.MediaType));
        Assert.Null(image.Reference);
    }

    [Theory]
    [InlineData(null, "alpine:3 acme/a:1 localhost:5000/b:2", "alpine:3")]
    [InlineData("acme/a:1", "acme/a:1", "acme/a:1")]
    [InlineData("ID", "alpine:3", "alpine:3")]
    public async Task All_names_are_given_where_none_was_asked_for(string? name, string expected, string reference)
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout: false, gzip: false, (_a, ["alpine:3", "acme/a:1", "localhost:5000/b:2"])));
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath, name == "ID" ? _a.ImageId.ToString() : name);
        var image = await source.ResolveAsync(platform: null);
        Assert.Equal(expected, string.Join(' ', image.References.Select(r => r.ToFamiliarString())));
        Assert.Equal(reference, image.Reference!.ToFamiliarString());
    }

    [Fact]
    public async Task An_image_without_a_name_has_no_references()
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout: true, gzip: false, (_a, [])));
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        Assert.Empty((await source.ResolveAsync(platform: null)).References);
    }

    [Fact]
    public async Task Of_several_images_the_one_with_the_name_or_the_id_is_taken()
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout: false, gzip: false, (_a, ["alpine:3", "acme/a:1"]), (_b, ["localhost:5000/b:2"])));
        Assert.Equal(_a.ImageId, await IdOfAsync("alpine:3"));
        Assert.Equal(_a.ImageId, await IdOfAsync("docker.io/library/alpine:3"));
        Assert.Equal(_a.ImageId, await IdOfAsync("acme/a:1"));
        Assert.Equal(_b.ImageId, await IdOfAsync("localhost:5000/b:2"));
        Assert.Equal(_b.ImageId, await IdOfAsync(_b.ImageId.ToString()));
        Assert.Contains("name one of alpine:3, localhost:5000/b:2", (await Assert.ThrowsAsync<ImageNotFoundException>(() => IdOfAsync(name: null))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => IdOfAsync("alpine:4"));
    }

    [Fact]
    public async Task A_layer_stored_once_and_linked_a_second_time_is_found()
    {
        var twice = TestImage.Create("linux/arm64", [TestImage.LayerTar(1), TestImage.LayerTar(1)]);
        var files = TestLayouts.DockerSave(newLayout: false, gzip: false, (twice, []));
        var path = Digest.Sha256(twice.LayerTars[0]).Hex + "/layer.tar";
        files["manifest.json"] = Encoding.UTF8.GetBytes($$"""[{"Config":"{{twice.ImageId.Hex}}.json","RepoTags":null,"Layers":["{{path}}","second/layer.tar"]}]""");
        TestLayouts.WriteTar(ArchivePath, files, new Dictionary<string, string>(StringComparer.Ordinal) { ["second/layer.tar"] = "../" + path });
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        await SourceAssert.IsAsync(twice, source, await source.ResolveAsync(platform: null), tars: true);
    }

    [Theory]
    [InlineData("second/layer.tar", "loop")]
    [InlineData("../../../../etc/passwd", "missing")]
    [InlineData("/etc/passwd", "missing")]
    [InlineData("nowhere", "missing")]
    public async Task Links_lead_nowhere_but_into_the_archive(string target, string reason)
    {
        var one = TestImage.Create("linux/arm64", [TestImage.LayerTar(1)]);
        var files = TestLayouts.DockerSave(newLayout: false, gzip: false, (one, []));
        files["manifest.json"] = Encoding.UTF8.GetBytes($$"""[{"Config":"{{one.ImageId.Hex}}.json","Layers":["second/layer.tar"]}]""");
        TestLayouts.WriteTar(ArchivePath, files, new Dictionary<string, string>(StringComparer.Ordinal) { ["second/layer.tar"] = target == "second/layer.tar" ? "layer.tar" : target });
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        Assert.Contains(reason, (await Assert.ThrowsAsync<CorruptImageException>(() => source.ResolveAsync(platform: null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_that_is_not_what_its_name_says_is_refused()
    {
        var files = TestLayouts.DockerSave(newLayout: false, gzip: false, (_a, []));
        files[_a.ImageId.Hex + ".json"] = _b.Config;
        TestLayouts.WriteTar(ArchivePath, files);
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        await Assert.ThrowsAsync<DigestMismatchException>(() => source.ResolveAsync(platform: null));
    }

    [Fact]
    public async Task A_layer_that_is_not_its_diff_id_is_found_when_it_is_read()
    {
        var files = TestLayouts.DockerSave(newLayout: false, gzip: false, (_a, []));
        var damaged = (byte[])_a.LayerTars[1].Clone();
        damaged[600] ^= 1;
        files[Digest.Sha256(_a.LayerTars[1]).Hex + "/layer.tar"] = damaged;
        TestLayouts.WriteTar(ArchivePath, files);
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        var image = await source.ResolveAsync(platform: null);
        await Assert.ThrowsAsync<DigestMismatchException>(() => SourceAssert.ReadAsync(source, image.Layers[1].Blob));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("[{\"Config\":\"x.json\"}]")]
    [InlineData("[{\"Config\":7}]")]
    [InlineData("[{\"Config\":\"../../etc/passwd\"}]")]
    public async Task A_bad_manifest_is_a_clear_error(string manifest)
    {
        var files = TestLayouts.DockerSave(newLayout: false, gzip: false, (_a, []));
        files["manifest.json"] = Encoding.UTF8.GetBytes(manifest);
        TestLayouts.WriteTar(ArchivePath, files);
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath);
        await Assert.ThrowsAsync<CorruptImageException>(() => source.ResolveAsync(platform: null));
    }

    [Fact]
    public async Task A_compressed_archive_is_refused_by_name()
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout: true, gzip: false, (_a, [])));
        await File.WriteAllBytesAsync(ArchivePath, TestImage.Gzip(await File.ReadAllBytesAsync(ArchivePath)));
        var error = await Assert.ThrowsAsync<UnsupportedImageException>(() => DockerArchiveSource.OpenAsync(ArchivePath));
        Assert.Contains("compressed with gzip", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public async Task An_extended_header_of_gigabytes_is_refused_without_being_read(char type)
    {
        const int size = 2_000_000_000;
        var header = new byte[512];
        Encoding.ASCII.GetBytes("big").CopyTo(header, 0);
        Encoding.ASCII.GetBytes("0000644").CopyTo(header, 100);
        Encoding.ASCII.GetBytes("0000000").CopyTo(header, 108);
        Encoding.ASCII.GetBytes("0000000").CopyTo(header, 116);
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        Encoding.ASCII.GetBytes("00000000000").CopyTo(header, 136);
        header[156] = (byte)type;
        Encoding.ASCII.GetBytes(type is 'x' or 'g' ? "ustar\000" : "ustar  \0").CopyTo(header, 257);
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0").CopyTo(header, 148);
        await using (var file = File.Create(ArchivePath))
        {
            await file.WriteAsync(header);
            file.SetLength(header.Length + (long)size + 1024);
        }
        Assert.Contains("extended header", (await Assert.ThrowsAsync<CorruptImageException>(() => DockerArchiveSource.OpenAsync(ArchivePath))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truncated_and_damaged_archives_are_clear_errors()
    {
        TestLayouts.WriteTar(ArchivePath, TestLayouts.DockerSave(newLayout: true, gzip: false, (_a, [])));
        var whole = await File.ReadAllBytesAsync(ArchivePath);
        var random = new Random(99);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])whole.Clone();
            if (i % 2 == 0) bytes = bytes[..random.Next(bytes.Length - 1024)];
            else bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var path = Path.Combine(_folder.FullPath, "damaged.tar");
            await File.WriteAllBytesAsync(path, bytes);
            try
            {
                await using var source = await DockerArchiveSource.OpenAsync(path);
                var image = await source.ResolveAsync(platform: null);
                // A flip that touched nothing of the image: what is read is still right.
                foreach (var layer in image.Layers) await SourceAssert.ReadAsync(source, layer.Blob);
                Assert.Equal(_a.ImageId, image.Config.ImageId);
                Assert.True(i % 2 == 1, $"truncated to {bytes.Length} of {whole.Length} bytes and taken");
            }
            catch (Exception e) when (e is CorruptImageException or UnsupportedImageException or DigestMismatchException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private async Task<Digest> IdOfAsync(string? name)
    {
        await using var source = await DockerArchiveSource.OpenAsync(ArchivePath, name);
        return (await source.ResolveAsync(platform: null)).Config.ImageId;
    }
}
