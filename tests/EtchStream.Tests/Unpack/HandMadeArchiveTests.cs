using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>Archives as users make them: with GNU tar and bsdtar, with and without <c>./</c>, compressed in each way.</summary>
public sealed class HandMadeArchiveTests : PipelineTest
{
    private readonly TemporaryFolder _source = new();
    private readonly byte[] _image = TestImages.TwoPartitions();

    public HandMadeArchiveTests()
    {
        File.WriteAllBytes(_source["disk.img"], _image);
        _source.MakeFolder("inject/1/etc");
        File.WriteAllText(_source["inject/1/etc/hostname"], "device");
        File.WriteAllBytes(_source["inject/1/zeros"], new byte[70_000]);
        File.CreateSymbolicLink(_source["inject/1/etc/link"], "hostname");
        _source.MakeFolder("inject/2/" + new string('d', 200) + "/" + new string('e', 200));
        File.WriteAllText(_source["inject/2/" + new string('d', 200) + "/" + new string('e', 200) + "/deep"], "deep");
    }

    public override void Dispose()
    {
        _source.Dispose();
        base.Dispose();
    }

    [ToolTheory("tar")]
    [InlineData("--format=gnu", "disk.img", "inject")]
    [InlineData("--format=posix", "disk.img", "inject")]
    [InlineData("--sparse", "disk.img", "inject")]
    [InlineData("--sparse --format=posix", "disk.img", "inject")]
    [InlineData("--sparse --format=posix --sparse-version=0.1", "disk.img", "inject")]
    [InlineData("--sparse --format=posix --sparse-version=0.0", "disk.img", "inject")]
    [InlineData("--sort=name --format=posix", "disk.img", "inject")]
    [InlineData("--sort=name", "./disk.img", "./inject")]
    [InlineData("--sort=name", ".", null)]
    [InlineData("-b 1", "disk.img", "inject/1", "inject/2/")]
    public async Task What_gnu_tar_makes_unpacks(string options, params string?[] members)
    {
        HostTool.RunOk("tar", ["-C", _source.FullPath, "-cf", PathOf("a.tar"), .. options.Split(' '), .. members.OfType<string>()]);
        await CheckAsync(PathOf("a.tar"));
    }

    [ToolTheory("bsdtar")]
    [InlineData("ustar")]
    [InlineData("gnutar")]
    [InlineData("pax")]
    [InlineData("v7")]
    public async Task What_bsdtar_makes_unpacks(string format)
    {
        if (format == "v7") Directory.Delete(_source["inject/2"], recursive: true);
        HostTool.RunOk("bsdtar", "-C", _source.FullPath, "-c", "--format", format, "-f", PathOf("a.tar"), "disk.img", "inject");
        await CheckAsync(PathOf("a.tar"));
    }

    [ToolTheory("tar", "gzip", "xz", "zstd", "bzip2")]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("bzip2")]
    public async Task A_compressed_archive_unpacks_whatever_its_name(string compressor)
    {
        HostTool.RunOk("tar", "-C", _source.FullPath, "-cf", PathOf("a.tar"), "disk.img", "inject");
        HostTool.RunOk(compressor, "-9", PathOf("a.tar"));
        File.Delete(PathOf("a.tar"));
        File.Move(Directory.GetFiles(PathOf("")).Single(), PathOf("name.says.nothing"));
        var report = await CheckAsync(PathOf("name.says.nothing"));
        Assert.Equal(compressor, report.ArchiveCompression);
    }

    [ToolTheory("tar", "gzip", "xz", "zstd", "bzip2", "zip")]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("bzip2")]
    [InlineData("zip")]
    public async Task A_compressed_image_unpacks_whatever_its_name(string compressor)
    {
        if (compressor == "zip") HostTool.RunOk("zip", "-j", _source["disk.zip"], _source["disk.img"]);
        else HostTool.RunOk(compressor, "-k", _source["disk.img"]);
        File.Delete(_source["disk.img"]);
        File.Move(Directory.GetFiles(_source.FullPath).Single(), _source["disk.img"]);
        HostTool.RunOk("tar", "-C", _source.FullPath, "-cf", PathOf("a.tar"), "disk.img", "inject");
        var report = await CheckAsync(PathOf("a.tar"));
        Assert.Equal(compressor, report.ImageCompression);
        Assert.Null(report.ArchiveCompression);
    }

    [ToolTheory("tar", "gzip")]
    [InlineData(100)]
    [InlineData(50_000)]
    public async Task A_compressed_image_that_is_cut_off_is_an_error(int bytes)
    {
        HostTool.RunOk("gzip", "-k", _source["disk.img"]);
        var cut = File.ReadAllBytes(_source["disk.img.gz"])[..^bytes];
        using var builder = new ArchiveBuilder();
        await FailsAsync<EtchStream.Formats.CorruptFormatException>(builder.File("disk.img.gz", cut).ToBytes());
        using var whole = new ArchiveBuilder();
        await FailsAsync<EtchStream.Formats.CorruptFormatException>(whole.File("disk.img.gz", [.. File.ReadAllBytes(_source["disk.img.gz"]), 1, 2, 3, 4, 5]).ToBytes());
    }

    private async Task<EtchStream.Unpack.UnpackReport> CheckAsync(string archive)
    {
        var opener = new FakeOpener();
        EtchStream.Unpack.UnpackReport report;
        await using (var stream = File.OpenRead(archive)) report = await UnpackAsync(new NonSeekableStream(stream), opener);
        var output = File.ReadAllBytes(Output);
        Assert.Equal(_image.Length, output.Length);
        Assert.True(_image.AsSpan(0, TestImages.MiB).SequenceEqual(output.AsSpan(0, TestImages.MiB)));
        var one = opener.Opened[1];
        Assert.Equal(["etc", "etc/hostname", "etc/link", "zeros"], one.Nodes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("device"u8.ToArray(), one.Content("etc/hostname", Partition(output, 1)));
        Assert.Equal(new byte[70_000], one.Content("zeros", Partition(output, 1)));
        Assert.Equal(FileKind.SymbolicLink, one.Nodes["etc/link"].Kind);
        if (opener.Opened.TryGetValue(2, out var two)) Assert.Equal("deep"u8.ToArray(), two.Content(two.Nodes.Keys.Single(k => k.EndsWith("deep", StringComparison.Ordinal)), Partition(output, 2)));
        return report;
    }
}
