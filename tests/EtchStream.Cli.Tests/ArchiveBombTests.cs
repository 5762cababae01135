using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Archives of few bytes that become very many, or of very many members: time, but no memory.</summary>
public sealed class ArchiveBombTests : IDisposable
{
    private const int Piece = 64 << 20;
    private const long MaxMemory = 250L << 20;

    private readonly TemporaryFolder _folder = new();

    private static int Pieces => Soak.IsOn ? 160 : 16;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_image_of_zeros_becomes_a_hole()
    {
        var header = new RawTar().Member('0', "disk.img"u8, [], size: RawTar.Octal((long)Pieces * Piece)).ToBytes()[..512];
        var (code, error) = await UnpackAsync(Bomb(header, Pieces, new byte[1024]));
        Assert.True(code == 0, error);
        Assert.Equal((long)Pieces * Piece, new FileInfo(_folder["out.img"]).Length);
    }

    [Fact]
    public async Task An_image_that_is_compressed_in_a_compressed_archive_is_streamed_too()
    {
        using var inner = new MemoryStream();
        var piece = Gzip(new byte[Piece]);
        for (var i = 0; i < Pieces; i++) inner.Write(piece);
        var (code, error) = await UnpackAsync(Gzip(new RawTar().File("disk.img.gz", inner.ToArray()).ToBytes()));
        Assert.True(code == 0, error);
        Assert.Equal((long)Pieces * Piece, new FileInfo(_folder["out.img"]).Length);
    }

    [Fact]
    public async Task Zeros_behind_the_end_are_not_read_for_ever()
    {
        var (code, error) = await UnpackAsync(Bomb(new RawTar().File("disk.img", new byte[1 << 20]).ToBytes(), Pieces, []));
        Assert.Equal(3, code);
        Assert.Contains("zeros follow the archive's end", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zeros_as_extension_headers_are_not_kept()
    {
        var start = new RawTar().File("disk.img", new byte[1 << 20]).Member('x', "pax"u8, [], size: RawTar.Octal((long)Pieces * Piece)).ToBytes()[..^1024];
        var (code, error) = await UnpackAsync(Bomb(start, Pieces, new byte[1024]));
        Assert.Equal(3, code);
        Assert.Contains("extension headers", error, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task Very_many_members_take_little_memory_each()
    {
        var count = Soak.IsOn ? 1_000_000 : 100_000;
        using var disk = new ContainerDiskFile();
        var tar = new RawTar().File("disk.img", await File.ReadAllBytesAsync(disk.Image));
        for (var i = 0; i < count; i++) tar.Member('0', Encoding.ASCII.GetBytes($"inject/1/{i % 100}/{i}"), []);
        var (code, error) = await UnpackAsync(tar.ToBytes(), MaxMemory + (count * 250L));

        // The partition grows with them.
        Assert.True(code == 0, error);
        var size = new FileInfo(_folder["out.img"]).Length;
        Assert.Empty(new Ext4Image(_folder["out.img"], 1 << 20, size - (1 << 20)).Check());
    }

    /// <summary>Unpacks it, and watches how much memory that takes.</summary>
    private async Task<(int ExitCode, string Error)> UnpackAsync(byte[] archive, long maxMemory = MaxMemory)
    {
        await File.WriteAllBytesAsync(_folder["a.tar"], archive);
        using var process = CliProcess.Start("unpack", _folder["a.tar"], _folder["out.img"]);
        var error = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        for (var watch = Stopwatch.StartNew(); !process.HasExited; await Task.Delay(20))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), "not done after five minutes");
            process.Refresh();
            if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
        }

        Assert.InRange(peak, 1 << 20, maxMemory);
        if (process.ExitCode != 0) Assert.False(File.Exists(_folder["out.img"]));
        return (process.ExitCode, await error);
    }

    /// <summary>A gzip of many members: the tar's beginning, zeros, the tar's end.</summary>
    private static byte[] Bomb(byte[] start, int zeros, byte[] end)
    {
        using var bomb = new MemoryStream();
        var piece = Gzip(new byte[Piece]);
        bomb.Write(Gzip(start));
        for (var i = 0; i < zeros; i++) bomb.Write(piece);
        bomb.Write(Gzip(end));
        return bomb.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.SmallestSize)) gzip.Write(content);
        return result.ToArray();
    }
}
