using EtchStream.TestKit;
using EtchStream.Unpack.Http;
using Xunit;

namespace EtchStream.Tests.Unpack.Http;

public sealed class NetrcFileTests
{
    private const string Text = """
        # the factory's server
        machine factory.example login station password s3cret account line1
        machine two.example
            login me
            password "with space \" and quote"
        machine macros.example login m password n
        macdef init
            machine evil.example login x password y

        machine many.example login first password 1
        machine many.example login second password 2
        machine half.example login onlyuser
        machine pass.example password onlypass
        """;

    [Theory]
    [InlineData("factory.example", null, "station", "s3cret")]
    [InlineData("FACTORY.example", null, "station", "s3cret")]
    [InlineData("two.example", null, "me", "with space \" and quote")]
    [InlineData("macros.example", null, "m", "n")]
    [InlineData("many.example", null, "first", "1")]
    [InlineData("many.example", "second", "second", "2")]
    [InlineData("pass.example", "me", "me", "onlypass")]
    public void An_entry_is_found_by_host_and_user(string host, string? user, string expectedUser, string expectedPassword) =>
        Assert.Equal((expectedUser, expectedPassword), NetrcFile.Parse(Text).Find(host, user));

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData("example", null)]
    [InlineData("many.example", "third")]
    [InlineData("half.example", null)]
    [InlineData("pass.example", null)]
    public void Of_others_nothing_is_known(string host, string? user) => Assert.Null(NetrcFile.Parse(Text).Find(host, user));

    [Fact]
    public void The_default_is_for_all_other_hosts()
    {
        var file = NetrcFile.Parse("machine a login b password c\ndefault login anonymous password me@here\n");
        Assert.Equal(("b", "c"), file.Find("a", user: null));
        Assert.Equal(("anonymous", "me@here"), file.Find("z", user: null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("machine")]
    [InlineData("machine a login")]
    [InlineData("login x password y")]
    [InlineData("macdef x")]
    [InlineData("machine a password \"unfinished")]
    [InlineData("\0\u0001machine\r\r\n")]
    public void Half_a_file_gives_nothing(string text) => Assert.Null(NetrcFile.Parse(text).Find("a", user: null));

    [Fact]
    public void A_file_that_is_named_has_to_be_there()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<FileNotFoundException>(() => NetrcFile.Load(folder["none"]));
        Assert.StartsWith(folder["none"] + ": ", error.Message, StringComparison.Ordinal);
    }
}
