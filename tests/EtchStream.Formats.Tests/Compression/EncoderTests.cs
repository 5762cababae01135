using EtchStream.Formats.Compression;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

public class EncoderTests
{
    public static TheoryData<CompressionFormat, int> Levels => new()
    {
        { CompressionFormat.Gzip, 0 }, { CompressionFormat.Gzip, 1 }, { CompressionFormat.Gzip, 6 }, { CompressionFormat.Gzip, 9 },
        { CompressionFormat.Zstd, 1 }, { CompressionFormat.Zstd, 3 }, { CompressionFormat.Zstd, 19 },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task What_is_written_is_read_back_and_the_sizes_of_writes_do_not_change_a_byte(CompressionFormat format, int level)
    {
        var content = Samples.Content(700_000, 11);
        var whole = await EncodeAsync(format, content, level, content.Length);

        Assert.Equal(content, Samples.Decode(format, whole));
        Assert.Equal(whole, await EncodeAsync(format, content, level, 4096));
        Assert.Equal(whole, await EncodeAsync(format, content, level, 33_333));
        Assert.Equal(whole, Encode(format, content, level));
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    public async Task Empty_content_is_a_whole_stream_too(CompressionFormat format)
    {
        var empty = await EncodeAsync(format, [], null, 1);
        Assert.Equal(format, CompressionDetector.Detect(empty));
        Assert.Empty(Samples.Decode(format, empty));
        Assert.Equal(empty, Encode(format, [], null));
    }

    [Fact]
    public void Gzip_stores_no_time_and_no_name()
    {
        var encoded = Encode(CompressionFormat.Gzip, [1, 2, 3], 6);
        Assert.Equal(0, encoded[3]);
        Assert.Equal(new byte[4], encoded[4..8]);
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip, 10)]
    [InlineData(CompressionFormat.Gzip, -1)]
    [InlineData(CompressionFormat.Zstd, 0)]
    [InlineData(CompressionFormat.Zstd, 23)]
    public void A_level_that_does_not_exist_is_refused(CompressionFormat format, int level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoder(format).OpenEncoder(new MemoryStream(), level));

    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    public async Task The_output_is_left_open_only_when_asked(CompressionFormat format)
    {
        var output = new MemoryStream();
        await Encoder(format).OpenEncoder(output, leaveOpen: true).DisposeAsync();
        Assert.True(output.CanWrite);
        await Encoder(format).OpenEncoder(output).DisposeAsync();
        Assert.False(output.CanWrite);
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    public async Task After_a_failed_write_no_regular_end_is_written(CompressionFormat format)
    {
        var output = new FullStream(200_000);
        var encoder = Encoder(format).OpenEncoder(output, leaveOpen: true);
        await Assert.ThrowsAsync<IOException>(async () => await encoder.WriteAsync(Noise(3_000_000)));
        var written = output.Bytes.Length;
        await encoder.DisposeAsync();
        Assert.Equal(written, output.Bytes.Length);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(2).NextBytes(bytes);
        return bytes;
    }

    private static IStreamEncoder Encoder(CompressionFormat format) => format == CompressionFormat.Gzip ? Encoders.Gzip : Encoders.Zstd;

    private static async Task<byte[]> EncodeAsync(CompressionFormat format, byte[] content, int? level, int writeSize)
    {
        var output = new MemoryStream();
        await using (var encoder = Encoder(format).OpenEncoder(new NonSeekableStream(output), level))
        {
            for (var at = 0; at < content.Length; at += writeSize) await encoder.WriteAsync(content.AsMemory(at, Math.Min(writeSize, content.Length - at)));
        }

        return output.ToArray();
    }

    private static byte[] Encode(CompressionFormat format, byte[] content, int? level)
    {
        var output = new MemoryStream();
        using (var encoder = Encoder(format).OpenEncoder(output, level))
        {
            encoder.Write(content);
            encoder.Flush();
        }

        return output.ToArray();
    }

    private sealed class FullStream(int room) : ForwardStream(new MemoryStream())
    {
        public byte[] Bytes => ((MemoryStream)Inner).ToArray();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Inner.Length + buffer.Length > room ? throw new IOException("no space left on device") : base.WriteAsync(buffer, cancellationToken);
    }
}
