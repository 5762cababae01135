using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using EtchStream.Formats.Compression;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

/// <summary>gzip whose bytes are the same everywhere, which other readers of gzip have to take as well.</summary>
public sealed class PortableGzipTests
{
    private const int Piece = 64 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    public async Task What_is_written_is_read_back_by_our_decoder_and_by_another_and_the_sizes_of_writes_do_not_change_a_byte(int level)
    {
        var content = Samples.Content(700_000, 11);
        var whole = Encode(content, level, content.Length);
        Assert.Equal(content, Samples.Decode(CompressionFormat.Gzip, whole));
        Assert.Equal(content, Framework(whole));
        foreach (var size in (int[])[1, 4096, 33_333, Piece, Piece + 1])
        {
            Assert.Equal(whole, Encode(content, level, size));
            Assert.Equal(whole, await EncodeAsync(content, level, size));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData(3 * Piece)]
    public async Task Contents_around_the_size_of_a_piece_are_whole(int length)
    {
        var content = Samples.Content(length, length);
        var encoded = Encode(content, null, length);
        Assert.Equal(content, Framework(encoded));
        Assert.Equal(encoded, await EncodeAsync(content, null, 1000));
        Assert.Equal(content, Samples.Decode(CompressionFormat.Gzip, encoded));
    }

    [Fact]
    public async Task Empty_content_is_a_whole_member_too()
    {
        var empty = Encode([], null, 1);
        Assert.Equal(CompressionFormat.Gzip, CompressionDetector.Detect(empty));
        Assert.Empty(Samples.Decode(CompressionFormat.Gzip, empty));
        Assert.Empty(Framework(empty));
        Assert.Equal(empty, await EncodeAsync([], null, 1));
        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], empty);
    }

    [Fact]
    public void The_bytes_are_those_of_every_machine_and_version()
    {
        // Where this changes, every archive with container images changes, and deltas of them are large once.
        Assert.Equal("348f1483530bc60a70c6b68d1bc1afc4df238b8720af565d8de8c498e06f43c0", Convert.ToHexStringLower(SHA256.HashData(Encode(Numbers(), null, 1 << 20))));
    }

    [Fact]
    public void The_level_is_heeded_and_three_if_none_is_asked_for()
    {
        var content = Numbers();
        var lengths = ((int[])[0, 1, 6, 9]).Select(level => Encode(content, level, 1000).Length).ToArray();
        Assert.InRange(lengths[0], content.Length, content.Length + 1000);
        Assert.InRange(lengths[1], 1, content.Length / 2);
        Assert.InRange(lengths[3], 1, lengths[1] - 1);
        Assert.Equal(Encode(content, 3, 1000), Encode(content, null, 1000));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-1)]
    public void A_level_that_does_not_exist_is_refused(int level) => Assert.Throws<ArgumentOutOfRangeException>(() => Encoders.PortableGzip.OpenEncoder(new MemoryStream(), level));

    [Fact]
    public async Task The_output_is_left_open_only_when_asked()
    {
        var output = new MemoryStream();
        await Encoders.PortableGzip.OpenEncoder(output, leaveOpen: true).DisposeAsync();
        Assert.True(output.CanWrite);
        await Encoders.PortableGzip.OpenEncoder(output).DisposeAsync();
        Assert.False(output.CanWrite);
    }

    private static byte[] Numbers() => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i * 7919} ")));

    private static byte[] Framework(byte[] encoded)
    {
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(encoded), CompressionMode.Decompress)) gzip.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Encode(byte[] content, int? level, int writeSize)
    {
        var output = new MemoryStream();
        using (var encoder = Encoders.PortableGzip.OpenEncoder(output, level))
        {
            for (var at = 0; at < content.Length; at += writeSize) encoder.Write(content, at, Math.Min(writeSize, content.Length - at));
        }

        return output.ToArray();
    }

    private static async Task<byte[]> EncodeAsync(byte[] content, int? level, int writeSize)
    {
        var output = new MemoryStream();
        await using (var encoder = Encoders.PortableGzip.OpenEncoder(new NonSeekableStream(output), level))
        {
            for (var at = 0; at < content.Length; at += writeSize) await encoder.WriteAsync(content.AsMemory(at, Math.Min(writeSize, content.Length - at)));
        }

        return output.ToArray();
    }
}
