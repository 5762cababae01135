using System.Text;
using EtchStream.Formats.Compression;
using EtchStream.Formats.Compression.Native;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

public class CompressionDetectorTests
{
    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    [InlineData(CompressionFormat.Bzip2)]
    [InlineData(CompressionFormat.Zip)]
    public void Formats_are_told_by_their_magic(CompressionFormat format)
    {
        Assert.Equal(format, CompressionDetector.Detect(Samples.Make(format, Samples.Content(2000))));
        Assert.Equal(format, CompressionDetector.Detect(Samples.Make(format, Samples.Content(2000)).AsSpan(0, CompressionDetector.BytesWanted)));
    }

    [Fact]
    public void Empty_streams_and_unusual_first_frames_are_told_too()
    {
        Assert.Equal(CompressionFormat.Xz, CompressionDetector.Detect(Samples.Xz));
        Assert.Equal(CompressionFormat.Bzip2, CompressionDetector.Detect(Samples.Bzip2([])));
        Assert.Equal(CompressionFormat.Zstd, CompressionDetector.Detect(Samples.SkippableFrame));
        Assert.Equal(CompressionFormat.Zip, CompressionDetector.Detect([0x50, 0x4B, 5, 6]));
    }

    [Fact]
    public void Text_that_looks_like_a_magic_and_boot_code_are_not_compressed()
    {
        Assert.Equal(CompressionFormat.None, CompressionDetector.Detect(Encoding.ASCII.GetBytes("BZh9 is not a block")));
        Assert.Equal(CompressionFormat.None, CompressionDetector.Detect([0xEB, 0x3C, 0x90, (byte)'m', (byte)'k', (byte)'f', (byte)'s']));
        Assert.Equal(CompressionFormat.None, CompressionDetector.Detect([0x1F, 0x8B]));
        Assert.Equal(CompressionFormat.None, CompressionDetector.Detect([]));
    }

    [Fact]
    public void A_missing_library_is_named_with_what_brings_it()
    {
        Assert.Equal(0, NativeLibraries.Load(["libetchstream-does-not-exist.so.1"]));
        var error = NativeLibraries.Missing(new NativeLibraryNames("zstd", "libzstd1", "zstd", ["libzstd.so.1"], ["libzstd.1.dylib"], ["libzstd.dll"]));
        Assert.Equal("zstd", error.Feature);
        Assert.Contains("apt-get install libzstd1", error.Message, StringComparison.Ordinal);
        Assert.Contains("brew install zstd", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_is_the_one_of_IEEE_802_3()
    {
        Assert.Equal(0xCBF43926, Crc32.Compute("123456789"u8));
        var content = Samples.Content(1000);
        for (var cut = 0; cut <= 40; cut++)
        {
            Assert.Equal(Crc32.Compute(content), Crc32.Compute(content.AsSpan(cut), Crc32.Compute(content.AsSpan(0, cut))));
        }
    }

    [Fact]
    public void The_zlib_of_dotnet_is_used_and_agrees_with_the_table()
    {
        Assert.True(ZlibNative.IsUsable, "inflate and CRC-32 of this .NET are not those that are known: gzip is read by slow managed code");
        var content = Samples.Content(1000);
        for (var length = 0; length < content.Length; length += 7) Assert.Equal(Crc32.ComputeByTable(content.AsSpan(0, length), 9), Crc32.Compute(content.AsSpan(0, length), 9));
    }
}
