using EtchStream.Unpack.Http;
using Xunit;

namespace EtchStream.Tests.Unpack.Http;

public sealed class ArchiveUrlTests
{
    [Theory]
    [InlineData("http://host/a.tar", true)]
    [InlineData("HTTPS://host/a.tar", true)]
    [InlineData("s3://bucket/key", true)]
    [InlineData("a.tar", false)]
    [InlineData("/a://b", false)]
    [InlineData("./https://host/a.tar", false)]
    [InlineData("C:\\a.tar", false)]
    [InlineData("://a", false)]
    [InlineData("-", false)]
    [InlineData("", false)]
    public void A_scheme_makes_an_address(string text, bool expected) => Assert.Equal(expected, ArchiveUrl.Is(text));

    [Theory]
    [InlineData("https://host/a.tar", "https://host/a.tar", null, null)]
    [InlineData("https://host:8443/f%20g/a.tar?token=geheim#part", "https://host:8443/f%20g/a.tar?…", null, null)]
    [InlineData("http://me:p%40ss%3Aword@host/a.tar", "http://host/a.tar", "me", "p@ss:word")]
    [InlineData("http://me@host/", "http://host/", "me", null)]
    [InlineData("http://me:@host", "http://host/", "me", "")]
    [InlineData("http://[::1]:8080/a", "http://[::1]:8080/a", null, null)]
    public void It_is_split(string text, string shown, string? user, string? password)
    {
        var url = ArchiveUrl.Parse(text);
        Assert.Equal(shown, url.ToString());
        Assert.Equal(user, url.User);
        Assert.Equal(password, url.Password);
        Assert.Equal("", url.Address.UserInfo);
        Assert.Equal("", url.Address.Fragment);
    }

    [Theory]
    [InlineData("ftp://me:geheim@host/a.tar", "ftp:// is not supported")]
    [InlineData("file:///a.tar", "without file://")]
    [InlineData("https://", "not a valid https address")]
    [InlineData("https://me:geheim@/a", "not a valid https address")]
    [InlineData("https://ho st/geheim", "not a valid https address")]
    [InlineData("https://host:99999999/geheim", "not a valid https address")]
    [InlineData("https://a%3Ab:geheim@host/", "RFC 7617")]
    public void What_is_none_is_refused_and_not_repeated(string text, string expected)
    {
        var error = Assert.Throws<FormatException>(() => ArchiveUrl.Parse(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.ToString(), StringComparison.Ordinal);
    }
}
