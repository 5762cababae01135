using System.Text;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Archives of few bytes that become very many: they take time, but no memory.</summary>
public sealed class ArchiveBombTests : IDisposable
{
    private const long MaxMemory = 250L << 20;

    private readonly TemporaryFolder _folder = new();

    private static int Pieces => Soak.IsOn ? 160 : 16;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_image_of_zeros_becomes_a_hole()
    {
        var header = new RawTar().Member('0', "disk.img"u8, [], size: RawTar.Octal((long)Pieces * ZeroBomb.Member)).ToBytes()[..512];
        var (code, error) = await UnpackAsync(ZeroBomb.Of(header, Pieces, new byte[1024]));
        Assert.True(code == 0, error);
        Assert.Equal((long)Pieces * ZeroBomb.Member, new FileInfo(_folder["out.img"]).Length);
    }

    [Fact]
    public async Task An_image_that_is_compressed_in_a_compressed_archive_is_streamed_too()
    {
        var inner = ZeroBomb.Of([], Pieces, []);
        var (code, error) = await UnpackAsync(TestImage.Gzip(new RawTar().File("disk.img.gz", inner).ToBytes()));
        Assert.True(code == 0, error);
        Assert.Equal((long)Pieces * ZeroBomb.Member, new FileInfo(_folder["out.img"]).Length);
    }

    [Fact]
    public async Task Zeros_behind_the_end_are_not_read_for_ever()
    {
        var (code, error) = await UnpackAsync(ZeroBomb.Of(new RawTar().File("disk.img", new byte[1 << 20]).ToBytes(), Pieces, []));
        Assert.Equal(3, code);
        Assert.Contains("zeros follow the archive's end", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zeros_as_extension_headers_are_not_kept()
    {
        var start = new RawTar().File("disk.img", new byte[1 << 20]).Member('x', "pax"u8, [], size: RawTar.Octal((long)Pieces * ZeroBomb.Member)).ToBytes()[..^1024];
        var (code, error) = await UnpackAsync(ZeroBomb.Of(start, Pieces, new byte[1024]));
        Assert.Equal(3, code);
        Assert.Contains("extension headers", error, StringComparison.Ordinal);
    }

    [ToolTheory("zstd", "xz", "bzip2")]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public async Task A_bomb_of_another_compression_is_streamed_too(string tool)
    {
        byte[] Compress(byte[] bytes) => Encoding.Latin1.GetBytes(HostTool.Run(new HostToolCall(tool, "-c") { Input = bytes }).Succeeded().Output);
        var header = new RawTar().Member('0', "disk.img"u8, [], size: RawTar.Octal((long)Pieces * ZeroBomb.Member)).ToBytes()[..512];
        var zeros = Compress(new byte[ZeroBomb.Member]);
        var (code, error) = await UnpackAsync([.. Compress(header), .. Enumerable.Repeat(zeros, Pieces).SelectMany(z => z), .. Compress(new byte[1024])]);
        Assert.True(code == 0, error);
        Assert.Equal((long)Pieces * ZeroBomb.Member, new FileInfo(_folder["out.img"]).Length);
    }

    /// <summary>Unpacks it, and watches how much memory that takes.</summary>
    private async Task<(int ExitCode, string Error)> UnpackAsync(byte[] archive)
    {
        await File.WriteAllBytesAsync(_folder["a.tar"], archive);
        var run = await MeasuredRun.OfAsync(feed: null, "unpack", _folder["a.tar"], _folder["out.img"]);
        Assert.InRange(run.PeakMemory, 1 << 20, MaxMemory);
        Assert.Equal(run.ExitCode == 0, File.Exists(_folder["out.img"]));
        return (run.ExitCode, run.Error);
    }
}
