using System.Formats.Tar;
using System.Security.Cryptography;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Layers of few bytes that become very many: they take time, but neither memory nor an archive that they do not deserve.</summary>
public sealed class LayerBombTests : IDisposable
{
    private const int Member = ZeroBomb.Member;

    // A run takes some 100 MiB whatever the layer's size; a layer held in memory would take at least 256 more.
    private const long MaxMemory = 250L << 20;

    private readonly ContainerDiskFile _disk = new();

    private static int Members => Soak.IsOn ? 64 : 4;

    public void Dispose() => _disk.Dispose();

    [ToolFact("mke2fs")]
    public async Task A_file_of_zeros_is_streamed()
    {
        var (blob, diffId) = Bomb(Header((long)Members * Member), Members, new byte[1024]);
        Assert.InRange(blob.Length, 1, 8 << 20);
        var (code, error) = await PackAsync(blob, diffId);
        Assert.True(code == 0, error);
    }

    [ToolFact("mke2fs")]
    public async Task A_file_of_zeros_that_was_not_promised_fails()
    {
        var (blob, _) = Bomb(Header((long)Members * Member), Members, new byte[1024]);
        var (code, error) = await PackAsync(blob, Digest.Sha256("something else"u8));
        Assert.Equal(3, code);
        Assert.Contains("diff ID", error);
    }

    [ToolFact("mke2fs")]
    public async Task Zeros_behind_the_end_of_the_tar_are_streamed()
    {
        var (blob, diffId) = Bomb(new byte[1024], Members, []);
        var (code, error) = await PackAsync(blob, diffId);
        Assert.True(code == 0, error);
    }

    [ToolFact("mke2fs")]
    public async Task Zeros_in_a_whiteout_and_in_attributes_are_not_kept()
    {
        var (blob, diffId) = Bomb(Header((long)Members * Member, ".wh.gone"), Members, new byte[1024]);
        var (code, error) = await PackAsync(blob, diffId);
        Assert.True(code == 0, error);

        var header = Header((long)Members * Member);
        header[156] = (byte)'x';
        Checksum(header);
        (blob, diffId) = Bomb(header, Members, new byte[1024]);
        (code, error) = await PackAsync(blob, diffId);
        Assert.Equal(3, code);
        Assert.Contains(diffId.ToString(), error);
    }

    /// <summary>Packs an image of one layer into nothing, and watches how much memory that takes.</summary>
    private async Task<(int ExitCode, string Error)> PackAsync(byte[] blob, Digest diffId)
    {
        await using var server = await LoopbackRegistry.StartAsync();
        server.Add("acme/bomb", TestImage.Of([(blob, diffId)]), "1");
        var run = await MeasuredRun.OfAsync(feed: null, "pack", "--image", _disk.Image, "--container", $"{server.Host}/acme/bomb:1", "-o", "/dev/null");
        Assert.InRange(run.PeakMemory, 1 << 20, MaxMemory);
        return (run.ExitCode, run.Error);
    }

    private static (byte[] Blob, Digest DiffId) Bomb(byte[] start, int zeros, byte[] end)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var zero = new byte[Member];
        hash.AppendData(start);
        for (var i = 0; i < zeros; i++) hash.AppendData(zero);
        hash.AppendData(end);
        return (ZeroBomb.Of(start, zeros, end), Digest.FromSha256(hash.GetHashAndReset()));
    }

    private static byte[] Header(long size, string name = "zeros")
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true)) writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name));
        var header = tar.ToArray()[..512];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        Checksum(header);
        return header;
    }

    private static void Checksum(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
    }
}
