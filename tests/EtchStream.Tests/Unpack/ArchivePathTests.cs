using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class ArchivePathTests
{
    [Theory]
    [InlineData("disk.img", "TopLevel", "", "disk.img")]
    [InlineData("./disk.img", "TopLevel", "", "disk.img")]
    [InlineData(".//disk.img", "TopLevel", "", "disk.img")]
    [InlineData("a/disk.img", "TopLevel", "", "a/disk.img")]
    [InlineData(".hidden", "TopLevel", "", ".hidden")]
    [InlineData("injection/6/a", "TopLevel", "", "injection/6/a")]
    [InlineData(".", "Root", "", "")]
    [InlineData("./", "Root", "", "")]
    [InlineData("inject", "InjectFolder", "", "")]
    [InlineData("./inject/", "InjectFolder", "", "")]
    [InlineData("inject/6", "PartitionFolder", "6", "")]
    [InlineData("inject/resin-data/", "PartitionFolder", "resin-data", "")]
    [InlineData("inject/6/.", "PartitionFolder", "6", "")]
    [InlineData("inject/6/a", "PartitionContent", "6", "a")]
    [InlineData("./inject/6/a/b/", "PartitionContent", "6", "a/b")]
    [InlineData("inject//6/./a//b/.", "PartitionContent", "6", "a/b")]
    [InlineData("inject/6/.bashrc", "PartitionContent", "6", ".bashrc")]
    [InlineData("inject/6/..a/b..", "PartitionContent", "6", "..a/b..")]
    [InlineData("inject/6/...", "PartitionContent", "6", "...")]
    public void Names_are_taken_apart(string name, string place, string partition, string path)
    {
        var parsed = ArchivePath.Parse(Encoding.UTF8.GetBytes(name));
        Assert.Equal(place, parsed.Place.ToString());
        Assert.Equal(partition, Encoding.UTF8.GetString(parsed.Partition));
        Assert.Equal(path, Encoding.UTF8.GetString(parsed.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../disk.img")]
    [InlineData("inject/../disk.img")]
    [InlineData("inject/6/..")]
    [InlineData("inject/6/../5/a")]
    [InlineData("inject/6/a/../../../../b")]
    [InlineData("inject/6/a\0b")]
    [InlineData("./..")]
    public void Names_that_lead_out_are_refused(string name) =>
        Assert.Throws<UnsafePathException>(() => ArchivePath.Parse(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void It_agrees_with_the_names_that_pack_writes()
    {
        var random = new Random(5);
        string[] parts = ["inject", "6", "a", ".", "", "..", "b.c", ".d", "manifest.json"];
        for (var i = 0; i < 5000; i++)
        {
            var name = Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)])));
            ArchiveName expected;
            try
            {
                expected = ArchiveNames.Parse(name);
            }
            catch (UnsafePathException)
            {
                Assert.Throws<UnsafePathException>(() => ArchivePath.Parse(name));
                continue;
            }

            if (name.Length == 0) continue;
            var actual = ArchivePath.Parse(name);
            if (expected.Kind != ArchiveNameKind.InjectRoot) Assert.Equal(expected.Path, actual.Path.ToArray());
            Assert.Equal(expected.Partition, Encoding.UTF8.GetString(actual.Partition));
            Assert.Equal(expected.Kind == ArchiveNameKind.Inject, actual.Place is ArchivePlace.PartitionContent or ArchivePlace.PartitionFolder);
        }
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xC3, 0xA4 }, "aä")]
    [InlineData(new byte[] { (byte)'a', 0xFF, (byte)'\n', 0x1B }, "a\\xff\\x0a\\x1b")]
    [InlineData(new byte[] { 0xE2, 0x80, 0xAE }, "\\xe2\\x80\\xae")]
    [InlineData(new byte[] { (byte)'\\' }, "\\x5c")]
    public void Names_are_shown_without_anything_a_terminal_would_obey(byte[] name, string shown) => Assert.Equal(shown, PathText.Of(name));

    [Fact]
    public void Long_names_are_cut_in_the_middle() => Assert.InRange(PathText.Of(new byte[60_000]).Length, 200, 400);
}
