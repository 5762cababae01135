using System.Text;
using EtchStream.Formats;
using EtchStream.Pack.Layers;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

public sealed class LayerPathTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b.c/d", "a/b.c/d")]
    [InlineData(".hidden", ".hidden")]
    [InlineData("a/.hidden", "a/.hidden")]
    [InlineData("...", "...")]
    [InlineData("a/...", "a/...")]
    [InlineData("..a", "..a")]
    [InlineData("a..", "a..")]
    [InlineData("a\\b", "a\\b")]
    public void A_clean_path_stays(string path, string expected) => Assert.Equal(expected, Clean(path));

    [Theory]
    [InlineData("./a", "a")]
    [InlineData("a/", "a")]
    [InlineData("a//b///c//", "a/b/c")]
    [InlineData("a/./b/.", "a/b")]
    [InlineData("a/../b", "b")]
    [InlineData("c/../e/../f/g", "f/g")]
    [InlineData("a/b/../../c", "c")]
    [InlineData("aa/bb/..", "aa")]
    [InlineData("/etc/x", "etc/x")]
    [InlineData("//x", "x")]
    [InlineData("/../x", "x")]
    [InlineData("/a/../../../x/y/..", "x")]
    public void What_means_nothing_goes(string path, string expected) => Assert.Equal(expected, Clean(path));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("./.")]
    [InlineData("a/..")]
    [InlineData("/")]
    [InlineData("/.")]
    [InlineData("/..")]
    public void The_root_is_an_empty_path(string path) => Assert.Equal("", Clean(path));

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("./../x")]
    [InlineData("a/../../x")]
    [InlineData("a/../..")]
    [InlineData("a/../../a")]
    public void A_relative_path_that_climbs_out_is_refused(string path) =>
        Assert.Contains(path, Assert.Throws<UnsafePathException>(() => Clean(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_not_text_stay() => Assert.Equal([0xFF, (byte)'/', 0xC3], LayerPath.Clean([(byte)'.', (byte)'/', 0xFF, (byte)'/', (byte)'/', 0xC3]));

    [Theory]
    [InlineData("/../x", true)]
    [InlineData("/a/../../x", true)]
    [InlineData("..", true)]
    [InlineData("a/../..//b/c", true)]
    [InlineData("/a/../x", false)]
    [InlineData("a/..", false)]
    [InlineData("./a/./../b", false)]
    [InlineData("", false)]
    [InlineData("..a/...", false)]
    public void Whether_a_path_goes_up_from_the_root(string path, bool expected) => Assert.Equal(expected, LayerPath.Climbs(Encoding.UTF8.GetBytes(path)));

    private static string Clean(string path) => Encoding.UTF8.GetString(LayerPath.Clean(Encoding.UTF8.GetBytes(path)));
}
