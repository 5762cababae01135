using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux", "amd64", "v1", "linux/amd64")]
    [InlineData("linux/x86_64", "linux", "amd64", "v1", "linux/amd64")]
    [InlineData("Linux/AArch64", "linux", "arm64", "v8", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux", "arm64", "v8", "linux/arm64")]
    [InlineData("linux/arm64/8", "linux", "arm64", "v8", "linux/arm64")]
    [InlineData("linux/arm64/v9", "linux", "arm64", "v9", "linux/arm64/v9")]
    [InlineData("linux/arm", "linux", "arm", "v7", "linux/arm/v7")]
    [InlineData("linux/armhf", "linux", "arm", "v7", "linux/arm/v7")]
    [InlineData("linux/armel", "linux", "arm", "v6", "linux/arm/v6")]
    [InlineData("linux/i686", "linux", "386", null, "linux/386")]
    [InlineData("linux/riscv64", "linux", "riscv64", null, "linux/riscv64")]
    public void Names_are_brought_to_normal_form(string text, string os, string architecture, string? variant, string normal)
    {
        var platform = Platform.Parse(text);
        Assert.Equal(os, platform.Os);
        Assert.Equal(architecture, platform.Architecture);
        Assert.Equal(variant, platform.Variant);
        Assert.Equal(normal, platform.ToString());
        Assert.Equal(platform, Platform.Parse(normal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("/arm")]
    [InlineData("linux/arm/v7/x")]
    [InlineData("linux/arm/")]
    [InlineData("linux/a rm")]
    public void Other_forms_are_refused(string text) => Assert.Throws<FormatException>(() => Platform.Parse(text));

    [Theory]
    [InlineData("linux/arm/v7", "linux/amd64 linux/arm/v5 linux/arm/v6 linux/arm/v7 linux/arm64", "linux/arm/v7")]
    [InlineData("linux/arm/v7", "linux/amd64 linux/arm/v5 linux/arm/v6 linux/arm64", "linux/arm/v6")]
    [InlineData("linux/arm/v7", "linux/arm/v5", "linux/arm/v5")]
    [InlineData("linux/arm/v6", "linux/arm/v7 linux/arm/v5", "linux/arm/v5")]
    [InlineData("linux/arm/v6", "linux/arm/v7", null)]
    [InlineData("linux/arm", "linux/arm", "linux/arm")]
    [InlineData("linux/arm64", "linux/amd64 linux/arm64/v8", "linux/arm64/v8")]
    [InlineData("linux/arm64/v8", "linux/arm64", "linux/arm64")]
    [InlineData("linux/arm64", "linux/arm/v7", null)]
    [InlineData("linux/arm64", "linux/arm64/v9", null)]
    [InlineData("linux/arm64/v9", "linux/arm64 linux/arm64/v8.1", "linux/arm64/v8.1")]
    [InlineData("linux/amd64/v3", "linux/amd64 linux/amd64/v2 linux/amd64/v4", "linux/amd64/v2")]
    [InlineData("linux/amd64", "windows/amd64 linux/386", null)]
    [InlineData("linux/mips64le/hardfloat", "linux/mips64le/softfloat", null)]
    [InlineData("linux/mips64le/hardfloat", "linux/mips64le/softfloat linux/mips64le/hardfloat", "linux/mips64le/hardfloat")]
    [InlineData("linux/arm/v7", "unknown/unknown", null)]
    public void The_best_runnable_platform_is_chosen(string wanted, string offered, string? chosen)
    {
        var platforms = offered.Split(' ').Select(Platform.Parse).ToArray();
        var index = Platform.Parse(wanted).ChooseFrom(platforms);
        Assert.Equal(chosen is null ? null : Platform.Parse(chosen), index < 0 ? null : platforms[index]);
    }

    [Fact]
    public void Among_equals_the_first_is_chosen() =>
        Assert.Equal(1, Platform.Parse("linux/arm64").ChooseFrom([null, Platform.Parse("linux/arm64/v8"), Platform.Parse("linux/aarch64")]));

    [Theory]
    [InlineData("v99999999999")]
    [InlineData("v")]
    [InlineData("v-1")]
    [InlineData("v8.99999")]
    public void An_absurd_variant_suits_nothing_but_itself(string variant)
    {
        var absurd = Platform.Create("linux", "arm64", variant);
        Assert.Equal(0, Platform.Parse("linux/arm64").Suitability(absurd));
        Assert.Equal(0, absurd.Suitability(Platform.Parse("linux/arm64")));
        Assert.Equal(int.MaxValue, absurd.Suitability(absurd));
    }
}
