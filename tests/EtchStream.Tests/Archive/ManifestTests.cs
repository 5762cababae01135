using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Tests.Archive;

public sealed class ManifestTests
{
    private const string Written = """
        {
          "format": "etch-archive",
          "version": 1,
          "image": {
            "name": "disk.img",
            "size": 1048576
          },
          "partitions": [
            {
              "selector": "resin-data",
              "number": 6,
              "label": "resin-data",
              "fileSystem": "ext4",
              "size": 4096
            }
          ],
          "injected": [
            {
              "kind": "folder",
              "partition": "resin-data",
              "destination": "/a+b <é>"
            }
          ]
        }

        """;

    private static ArchiveManifest Sample => new()
    {
        Image = new ManifestImage { Name = "disk.img", Size = 1048576 },
        Partitions = [new ManifestPartition { Selector = "resin-data", Number = 6, Label = "resin-data", FileSystem = "ext4", Size = 4096 }],
        Injected = [new ManifestInjection { Kind = "folder", Partition = "resin-data", Destination = "/a+b <é>" }],
    };

    [Fact]
    public void The_bytes_are_these_and_no_others() => Assert.Equal(Written.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(Sample.ToBytes()));

    [Fact]
    public void What_was_written_is_read_back()
    {
        var read = ArchiveManifest.Parse(Sample.ToBytes());
        Assert.Equal(Sample.ToBytes(), read.ToBytes());
        Assert.Null(read.Image.Compression);
        Assert.Equal(6, Assert.Single(read.Partitions).Number);
    }

    [Fact]
    public void Members_that_are_not_known_are_passed_over()
    {
        var text = Written.Replace("\"version\": 1,", "\"version\": 1, \"later\": {\"x\": [1, null]},");
        Assert.Equal("disk.img", ArchiveManifest.Parse(Encoding.UTF8.GetBytes(text)).Image.Name);
    }

    [Fact]
    public void A_newer_version_is_not_supported_whatever_else_it_holds()
    {
        var error = Assert.Throws<UnsupportedFormatException>(() => ArchiveManifest.Parse("""{"image": 7, "version": 2, "format": "etch-archive"}"""u8));
        Assert.Contains("version 2", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1}")]
    [InlineData("{\"format\":\"other\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1}}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":0,\"image\":{\"name\":\"a\",\"size\":1}}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":null,\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":null,\"size\":1},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"\",\"size\":1},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a/b\",\"size\":1},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":-1},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":99999999999999999999},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1}}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"injected\":[],\"partitions\":null}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"injected\":[],\"partitions\":[null]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"injected\":[],\"partitions\":[{\"selector\":\"..\"}]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"injected\":[],\"partitions\":[{\"selector\":\"6\",\"number\":0}]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"partitions\":[],\"injected\":[null]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"partitions\":[],\"injected\":[]}")]
    [InlineData("{\"format\":\"etch-archive\",\"version\":1,\"image\":{\"name\":\"a\",\"size\":1},\"partitions\":[],\"injected\":[]} x")]
    public void A_manifest_that_is_none_is_corrupt(string text)
    {
        var error = Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.StartsWith("manifest.json: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Deep_nesting_and_bad_UTF8_are_corrupt_and_not_a_stack_overflow()
    {
        var deep = "{\"format\":\"etch-archive\",\"version\":1,\"later\":" + new string('[', 100_000);
        Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(Encoding.UTF8.GetBytes(deep)));
        Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse([.. "{\"format\":\""u8, 0xff, 0xfe, .. "\"}"u8]));
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_is_read_or_refused_with_our_own_errors()
    {
        var bytes = Sample.ToBytes();
        for (var length = 0; length < bytes.Length - 2; length++)
        {
            Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(bytes.AsSpan(0, length)));
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = Record.Exception(() => ArchiveManifest.Parse(flipped));
            Assert.True(error is null or CorruptFormatException or UnsupportedFormatException, $"bit {bit}: {error}");
        }
    }
}
