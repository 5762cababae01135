using System.IO.Compression;
using System.Text;
using EtchStream.Pack.Layers;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>The text is held against what an engine (moby 20.10) wrote for the same records.</summary>
public sealed class TarSplitWriterTests
{
    [Fact]
    public void Records_are_numbered_lines()
    {
        using var writer = new TarSplitWriter();
        writer.AddSegment([1, 2], [3]);
        writer.AddFile("a"u8, 10, 0x3777742222222222);
        writer.AddSegment(new byte[3]);
        writer.AddFile("s"u8, 0, 0);
        writer.AddTail([]);
        Assert.Equal(
            """
            {"type":2,"payload":"AQID","position":0}
            {"type":1,"name":"a","size":10,"payload":"N3d0IiIiIiI=","position":1}
            {"type":2,"payload":"AAAA","position":2}
            {"type":1,"name":"s","payload":null,"position":3}
            {"type":2,"payload":"","position":4}

            """,
            Text(writer),
            ignoreLineEndingDifferences: false);
    }

    [Theory]
    [InlineData("./a", "./a")]
    [InlineData("d/", "d/")]
    [InlineData("/etc/x", "/etc/x")]
    [InlineData("quote\"\\<>&'", "quote\\\"\\\\\\u003c\\u003e\\u0026'")]
    [InlineData("tab\t", "tab\\t")]
    [InlineData("line\nend\r", "line\\nend\\r")]
    [InlineData("\b\f\u0001\u001f\u007f", "\\u0008\\u000c\\u0001\\u001f\u007f")]
    [InlineData("\0", "\\u0000")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    [InlineData("\u2027\u202a\u20ac", "\u2027\u202a\u20ac")]
    [InlineData("ümläut-😀", "ümläut-😀")]
    [InlineData("\ufffd", "\ufffd")]
    [InlineData("\u0080\u00a0/", "\u0080\u00a0/")]
    public void Names_are_escaped_as_Go_does_it(string name, string escaped) =>
        Assert.Equal($"{{\"type\":1,\"name\":\"{escaped}\",\"payload\":null,\"position\":0}}\n", OfName(Encoding.UTF8.GetBytes(name)));

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE }, "//4=")]
    [InlineData(new byte[] { (byte)'o', 0xC3 }, "b8M=")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "7aCA")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "wIA=")]
    [InlineData(new byte[] { (byte)'<', 0xF8 }, "PPg=")]
    public void Names_that_are_not_UTF_8_are_written_as_bytes(byte[] name, string expected) =>
        Assert.Equal($"{{\"type\":1,\"name_raw\":\"{expected}\",\"payload\":null,\"position\":0}}\n", OfName(name));

    [Fact]
    public void A_segment_of_nothing_is_none()
    {
        using var writer = new TarSplitWriter();
        writer.AddSegment([], []);
        Assert.Equal("", Text(writer));
    }

    [Fact]
    public void The_checksum_is_big_endian_and_sizes_may_be_long()
    {
        using var writer = new TarSplitWriter();
        writer.AddFile("f"u8, long.MaxValue, 1);
        Assert.Equal("{\"type\":1,\"name\":\"f\",\"size\":9223372036854775807,\"payload\":\"AAAAAAAAAAE=\",\"position\":0}\n", Text(writer));
    }

    [Fact]
    public void Segments_are_taken_byte_for_byte_however_long()
    {
        var first = new byte[1_000_003];
        var second = new byte[70_001];
        new Random(1).NextBytes(first);
        new Random(2).NextBytes(second);
        using var writer = new TarSplitWriter();
        writer.AddSegment(first, second);
        byte[] expected = [.. first, .. second];
        Assert.Equal($"{{\"type\":2,\"payload\":\"{Convert.ToBase64String(expected)}\",\"position\":0}}\n", Text(writer));
    }

    private static string OfName(byte[] name)
    {
        using var writer = new TarSplitWriter();
        writer.AddFile(name, 0, 0);
        return Text(writer);
    }

    private static string Text(TarSplitWriter writer)
    {
        using var gzip = new GZipStream(writer.Finish().OpenRead(), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }
}
