using EtchStream.Pack;
using EtchStream.Sources;
using Xunit;

namespace EtchStream.Tests.Sources;

public sealed class InjectionTests
{
    [Theory]
    [InlineData("6:/a=b", "6", "/a", "b", InjectionKind.Detect)]
    [InlineData("resin-data:/docker/=./x y", "resin-data", "/docker/", "./x y", InjectionKind.Detect)]
    [InlineData("6:a=b=c", "6", "a", "b=c", InjectionKind.Detect)]
    [InlineData("6:/a=dir:b", "6", "/a", "b", InjectionKind.Folder)]
    [InlineData("6:/a=file:b", "6", "/a", "b", InjectionKind.File)]
    [InlineData("6:/a=tar:b", "6", "/a", "b", InjectionKind.Tar)]
    [InlineData("6:/a=./tar:b", "6", "/a", "./tar:b", InjectionKind.Detect)]
    [InlineData(@"6:/a=C:\x", "6", "/a", @"C:\x", InjectionKind.Detect)]
    [InlineData("6:/=x", "6", "/", "x", InjectionKind.Detect)]
    public void An_injection_is_read(string text, string partition, string destination, string source, InjectionKind kind)
    {
        Assert.True(Injection.TryParse(text, out var injection, out _));
        Assert.Equal(new Injection(partition, destination, source, kind), injection);
    }

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData("6:/a")]
    [InlineData("/a=b")]
    [InlineData(":/a=b")]
    [InlineData("6:=b")]
    [InlineData("6:/a=")]
    [InlineData("6:/a=dir:")]
    [InlineData("0:/a=b")]
    [InlineData("00:/a=b")]
    [InlineData("a/b:/a=b")]
    [InlineData("..:/a=b")]
    [InlineData("6:/../a=b")]
    public void What_is_none_is_answered_with_an_example(string text)
    {
        Assert.False(Injection.TryParse(text, out _, out var problem));
        Assert.Contains("PART:DEST=SRC", problem);
        Assert.Contains($"'{text}'", problem);
    }

    [Theory]
    [InlineData("none", PackCompressionKind.None, null)]
    [InlineData("gzip", PackCompressionKind.Gzip, null)]
    [InlineData("gzip:0", PackCompressionKind.Gzip, 0)]
    [InlineData("zstd:22", PackCompressionKind.Zstd, 22)]
    public void A_compression_is_read(string text, PackCompressionKind kind, int? level)
    {
        Assert.True(PackCompression.TryParse(text, out var compression, out _));
        Assert.Equal(new PackCompression(kind, level), compression);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xz")]
    [InlineData("GZIP")]
    [InlineData("none:1")]
    [InlineData("gzip:")]
    [InlineData("gzip:10")]
    [InlineData("gzip:-1")]
    [InlineData("zstd:0")]
    [InlineData("zstd:23")]
    [InlineData("zstd:99999999999999999999")]
    [InlineData("zstd:1:2")]
    public void What_is_no_compression_is_not_read(string text)
    {
        Assert.False(PackCompression.TryParse(text, out _, out var problem));
        Assert.Contains($"'{text}'", problem);
    }
}
