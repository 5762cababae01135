using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Tests.Archive;

public sealed class TrailerTests
{
    private static ArchiveTrailer Sample => new()
    {
        Archive = TrailerDigest.Create(new byte[32], 1024),
        Image = TrailerDigest.Create([.. Enumerable.Repeat((byte)0xab, 32)], 4096),
        Partitions = [new TrailerPartition { Partition = "6", Entries = 3, Bytes = 5, Blocks = 1, Inodes = 2 }],
    };

    [Fact]
    public void What_was_written_is_read_back()
    {
        var read = ArchiveTrailer.Parse(Sample.ToBytes());
        Assert.Equal(Sample.ToBytes(), read.ToBytes());
        Assert.Equal(new string('0', 64), read.Archive.Sha256);
        Assert.Equal(1024, read.Archive.Length);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 32)), read.Image?.Sha256);
        Assert.Equal(3, Assert.Single(read.Partitions).Entries);
    }

    [Theory]
    [InlineData("\"length\": 1024", "\"length\": -1")]
    [InlineData("\"entries\": 3", "\"entries\": -3")]
    [InlineData("\"bytes\": 5", "\"bytes\": -5")]
    [InlineData("\"blocks\": 1", "\"blocks\": -1")]
    [InlineData("\"inodes\": 2", "\"inodes\": -1")]
    [InlineData("abab", "ABAB")]
    [InlineData("0000", "000")]
    [InlineData("\"partition\": \"6\"", "\"partition\": \"a/b\"")]
    [InlineData("\"archive\"", "\"arkive\"")]
    [InlineData("etch-trailer", "etch-archive")]
    public void A_trailer_with_values_that_cannot_be_is_corrupt(string from, string to)
    {
        var text = Encoding.UTF8.GetString(Sample.ToBytes());
        Assert.Contains(from, text);
        Assert.Throws<CorruptFormatException>(() => ArchiveTrailer.Parse(Encoding.UTF8.GetBytes(text.Replace(from, to))));
    }

    [Fact]
    public void A_newer_version_is_not_supported() =>
        Assert.Throws<UnsupportedFormatException>(() => ArchiveTrailer.Parse("""{"format":"etch-trailer","version":9}"""u8));

    [Fact]
    public void A_trailer_that_is_too_long_is_not_even_parsed() =>
        Assert.Contains("longer", Assert.Throws<CorruptFormatException>(() => ArchiveTrailer.Parse(new byte[ArchiveTrailer.MaxLength + 1])).Message);
}
