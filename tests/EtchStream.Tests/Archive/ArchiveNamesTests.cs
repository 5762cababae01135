using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Tests.Archive;

public sealed class ArchiveNamesTests
{
    [Theory]
    [InlineData("manifest.json", ArchiveNameKind.Manifest, "", "manifest.json")]
    [InlineData("./manifest.json", ArchiveNameKind.Manifest, "", "manifest.json")]
    [InlineData("etch-trailer.json", ArchiveNameKind.Trailer, "", "etch-trailer.json")]
    [InlineData("./", ArchiveNameKind.Root, "", "")]
    [InlineData(".", ArchiveNameKind.Root, "", "")]
    [InlineData("", ArchiveNameKind.Root, "", "")]
    [InlineData("inject", ArchiveNameKind.InjectRoot, "", "inject")]
    [InlineData("./inject/", ArchiveNameKind.InjectRoot, "", "inject")]
    [InlineData("inject/6", ArchiveNameKind.Inject, "6", "")]
    [InlineData("inject/6/", ArchiveNameKind.Inject, "6", "")]
    [InlineData("././inject//6/./a//b/", ArchiveNameKind.Inject, "6", "a/b")]
    [InlineData("inject/resin-data/docker/x", ArchiveNameKind.Inject, "resin-data", "docker/x")]
    [InlineData("inject/6/..a/...", ArchiveNameKind.Inject, "6", "..a/...")]
    [InlineData("inject/6/manifest.json", ArchiveNameKind.Inject, "6", "manifest.json")]
    [InlineData("image.img", ArchiveNameKind.Other, "", "image.img")]
    [InlineData("injected/6/a", ArchiveNameKind.Other, "", "injected/6/a")]
    [InlineData("Inject/6/a", ArchiveNameKind.Other, "", "Inject/6/a")]
    public void A_name_is_taken_apart(string name, ArchiveNameKind kind, string partition, string path)
    {
        var parsed = ArchiveNames.Parse(Encoding.UTF8.GetBytes(name));
        Assert.Equal(kind, parsed.Kind);
        Assert.Equal(partition, parsed.Partition);
        Assert.Equal(path, Encoding.UTF8.GetString(parsed.Path));
    }

    [Fact]
    public void Bytes_of_a_path_that_are_no_UTF8_stay_as_they_are()
    {
        byte[] name = [.. "inject/6/a"u8, 0xff, 0xfe, (byte)'/', 0x80];
        Assert.Equal([(byte)'a', 0xff, 0xfe, (byte)'/', 0x80], ArchiveNames.Parse(name).Path);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("inject/6/../../x")]
    [InlineData("inject/../x")]
    [InlineData("./..")]
    [InlineData("inject/6/a\0b")]
    public void A_name_that_climbs_out_is_refused(string name) =>
        Assert.Throws<UnsafePathException>(() => ArchiveNames.Parse(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_partition_that_is_no_text_is_corrupt()
    {
        Assert.Throws<CorruptFormatException>(() => ArchiveNames.Parse([.. "inject/"u8, 0xff, .. "/a"u8]));
        Assert.Throws<CorruptFormatException>(() => ArchiveNames.Parse(Encoding.UTF8.GetBytes("inject/" + new string('x', 256) + "/a")));
        Assert.Throws<CorruptFormatException>(() => ArchiveNames.Parse([.. "inject/"u8, .. new byte[300].Select(_ => (byte)'y')]));
    }

    [Theory]
    [InlineData("6", true)]
    [InlineData("resin-data", true)]
    [InlineData("Größe 1", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0", false)]
    public void A_selector_has_to_fit_into_a_path(string text, bool fits) => Assert.Equal(fits, ArchiveNames.IsPartitionSelector(text));

    [Fact]
    public void A_selector_with_half_a_surrogate_pair_has_no_bytes() => Assert.False(ArchiveNames.IsPartitionSelector("a" + (char)0xd800));

    [Fact]
    public void What_is_joined_is_taken_apart_again()
    {
        var parsed = ArchiveNames.Parse(ArchiveNames.Inject("resin-data", "a/b"u8));
        Assert.Equal("resin-data", parsed.Partition);
        Assert.Equal("a/b"u8.ToArray(), parsed.Path);
    }

    [Fact]
    public void A_name_is_shown_on_one_line() =>
        Assert.Equal(@"a\x0a\xffé", ArchiveNames.Display([(byte)'a', 10, 0xff, .. "é"u8]));
}
