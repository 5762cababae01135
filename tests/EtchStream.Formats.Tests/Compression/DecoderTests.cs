using System.Security.Cryptography;
using EtchStream.Formats.Compression;
using EtchStream.Formats.Compression.Codecs;
using EtchStream.TestKit;
using ICSharpCode.SharpZipLib.Zip;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

public class DecoderTests
{
    public static TheoryData<CompressionFormat> Formats => [CompressionFormat.Gzip, CompressionFormat.Zstd, CompressionFormat.Bzip2, CompressionFormat.Zip];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Content_comes_back_whatever_the_sizes_of_reads_and_of_the_pieces_below(CompressionFormat format)
    {
        var content = Samples.Content(300_000);
        var compressed = Samples.Make(format, content);

        Assert.Equal(content, Samples.Decode(format, compressed));
        Assert.Equal(content, await Samples.DecodeAsync(format, new NonSeekableStream(new MemoryStream(compressed)), 1_000_000));
        Assert.Equal(content, await Samples.DecodeAsync(format, new OneByteStream(new MemoryStream(compressed)), 777));
        Assert.Equal(content[..2000], await Samples.DecodeAsync(format, new OneByteStream(new MemoryStream(Samples.Make(format, content[..2000]))), 1));
    }

    [Fact]
    public async Task Xz_streams_in_a_row_are_one_content()
    {
        foreach (var readSize in new[] { 1, 100_000 })
        {
            var content = await Samples.DecodeAsync(CompressionFormat.Xz, new OneByteStream(new MemoryStream(Samples.Xz)), readSize);
            Assert.Equal(Samples.XzContentDigest, Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        // Stream padding is a multiple of four zero bytes.
        Assert.NotEmpty(Samples.Decode(CompressionFormat.Xz, [.. Samples.Xz, 0, 0, 0, 0]));
        Assert.Throws<CorruptFormatException>(() => Samples.Decode(CompressionFormat.Xz, [.. Samples.Xz, 0, 0, 0]));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    [InlineData(CompressionFormat.Xz)]
    public void Every_truncation_is_an_error(CompressionFormat format)
    {
        var content = Samples.Content(6000, 5);
        byte[] compressed = format == CompressionFormat.Xz ? Samples.Xz : Samples.Make(format, content);
        var whole = Samples.Decode(format, compressed);
        var boundaries = 0;
        for (var length = 0; length < compressed.Length; length++)
        {
            try
            {
                // Between two members the stream may end: nothing tells that there was another.
                var decoded = Samples.Decode(format, compressed[..length]);
                Assert.True(decoded.Length < whole.Length && whole.AsSpan().StartsWith(decoded));
                boundaries++;
            }
            catch (CorruptFormatException e)
            {
                Assert.Equal($"{format.ToString().ToLowerInvariant()} stream", e.Structure);
                Assert.InRange(e.Offset, 0, length);
            }
        }

        Assert.Equal(format switch { CompressionFormat.Zip => 0, CompressionFormat.Zstd => 2, _ => 1 }, boundaries);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    [InlineData(CompressionFormat.Xz)]
    public void A_flipped_bit_is_an_error_or_changes_nothing(CompressionFormat format)
    {
        var content = Samples.Content(7000, 7);
        byte[] compressed = format == CompressionFormat.Xz ? Samples.Xz : Samples.Make(format, content);
        var whole = Samples.Decode(format, compressed);
        int errors = 0, harmless = 0;

        // libbz2 allocates megabytes for each run, so it gets every seventh bit.
        for (var bit = 0; bit < compressed.Length * 8; bit += format == CompressionFormat.Bzip2 ? 7 : 1)
        {
            var damaged = (byte[])compressed.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(whole, Samples.Decode(format, damaged));
                harmless++;
            }
            catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
            {
                errors++;
            }
        }

        // What may change unseen are times, names and flags in headers; two gzip headers have 128 such bits, zip's some 700.
        Assert.InRange(harmless, 0, 1000);
        Assert.True(errors > harmless * 5, $"{errors} errors, {harmless} harmless");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    [InlineData(CompressionFormat.Xz)]
    public void Garbage_behind_the_end_is_an_error(CompressionFormat format)
    {
        byte[] compressed = format == CompressionFormat.Xz ? Samples.Xz : Samples.Make(format, Samples.Content(5000));
        var error = Assert.Throws<CorruptFormatException>(() => Samples.Decode(format, [.. compressed, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        Assert.InRange(error.Offset, compressed.Length, compressed.Length + 12);
    }

    [Fact]
    public void Zero_bytes_may_follow_gzip_but_nothing_may_follow_those()
    {
        var content = Samples.Content(5000);
        byte[] padded = [.. Samples.Gzip(content), .. new byte[512]];

        Assert.Equal(content, Samples.Decode(CompressionFormat.Gzip, padded));
        Assert.Throws<CorruptFormatException>(() => Samples.Decode(CompressionFormat.Gzip, [.. padded, .. Samples.Gzip(content)]));
    }

    [Fact]
    public void Gzip_headers_may_have_every_optional_field_and_their_checksum_counts()
    {
        var plain = Samples.Gzip([1, 2, 3]);
        byte[] header = [0x1F, 0x8B, 8, 0x1F, 1, 2, 3, 4, 0, 3, 5, 0, 1, 2, 3, 4, 5, (byte)'n', 0, (byte)'c', (byte)'c', 0];
        var crc = Crc32.Compute(header);
        byte[] full = [.. header, (byte)crc, (byte)(crc >> 8), .. plain[10..]];

        Assert.Equal([1, 2, 3], Samples.Decode(CompressionFormat.Gzip, full));
        for (var length = 0; length < full.Length; length++)
        {
            Assert.Throws<CorruptFormatException>(() => Samples.Decode(CompressionFormat.Gzip, full[..length]));
        }

        full[13] ^= 1;
        Assert.Contains("header", Assert.Throws<CorruptFormatException>(() => Samples.Decode(CompressionFormat.Gzip, full)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zip_entries_may_be_stored_zip64_or_empty()
    {
        var content = Samples.Content(9000);
        Assert.Equal(content, Samples.Decode(CompressionFormat.Zip, Samples.Zip(content, store: true)));
        Assert.Equal(content, Samples.Decode(CompressionFormat.Zip, Samples.Zip(content, zip64: UseZip64.On)));
        Assert.Equal(content, Samples.Decode(CompressionFormat.Zip, Samples.Zip(content, zip64: UseZip64.Off)));
        Assert.Empty(Samples.Decode(CompressionFormat.Zip, Samples.Zip([])));
    }

    [Fact]
    public void A_zip_with_more_or_less_than_one_file_is_refused()
    {
        var error = Assert.Throws<UnsupportedFormatException>(() => Samples.Decode(CompressionFormat.Zip, Samples.Zip([1, 2, 3], files: 2)));
        Assert.Contains("more than one file", error.Message, StringComparison.Ordinal);
        Assert.Contains("no file", Assert.Throws<CorruptFormatException>(() => Samples.Decode(CompressionFormat.Zip, [0x50, 0x4B, 5, 6, .. new byte[18]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Managed_inflate_gives_the_same_as_zlib_and_knows_where_the_data_ends()
    {
        var content = Samples.Content(400_000, 9);
        var compressed = Samples.Gzip(content).AsSpan(10..).ToArray();
        foreach (var step in new[] { 1, 3, 1000, 100_000, int.MaxValue })
        {
            using var codec = new ManagedInflateCodec();
            var output = new MemoryStream();
            var buffer = new byte[30_000];
            var at = 0;
            var shown = 0;
            var status = CodecStatus.Within;
            while (status == CodecStatus.Within)
            {
                // As the stream does it: what was not consumed is shown again, with more behind it.
                if (shown == 0) shown = Math.Min(step, compressed.Length - at);
                var result = codec.Decode(compressed.AsSpan(at, shown), buffer, endOfInput: false);
                at += result.Consumed;
                shown = Math.Max(0, shown - result.Consumed);
                output.Write(buffer, 0, result.Written);
                status = result.Status;
            }

            Assert.Equal(CodecStatus.MemberEnd, status);
            Assert.Equal(compressed.Length - 8, at);
            Assert.Equal(content, output.ToArray());
        }
    }

    [Fact]
    public void A_decoder_can_be_replaced()
    {
        var replaced = Decoders.Default.With(new Nothing());
        Assert.Same(Stream.Null, replaced.Open(CompressionFormat.Gzip, new MemoryStream()));
        Assert.Throws<UnsupportedFormatException>(() => new Decoders([]).Open(CompressionFormat.Xz, new MemoryStream()));
    }

    [Fact]
    public async Task Reading_can_be_cancelled_and_the_inner_stream_left_open()
    {
        var inner = new MemoryStream(Samples.Gzip(Samples.Content(1000)));
        await using (var decoder = Decoders.Default.Open(CompressionFormat.Gzip, inner, leaveOpen: true))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => _ = await decoder.ReadAtLeastAsync(new byte[10], 1, cancellationToken: new CancellationToken(canceled: true)));
        }

        Assert.True(inner.CanRead);
        var closed = Decoders.Default.Open(CompressionFormat.Gzip, inner);
        await closed.DisposeAsync();
        Assert.False(inner.CanRead);
        Assert.Throws<ObjectDisposedException>(() => closed.ReadByte());
    }

    private sealed class Nothing : IStreamDecoder
    {
        public CompressionFormat Format => CompressionFormat.Gzip;

        public Stream OpenDecoder(Stream compressed, bool leaveOpen = false) => Stream.Null;
    }
}
