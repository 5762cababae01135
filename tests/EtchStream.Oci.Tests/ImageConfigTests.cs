using System.Text;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class ImageConfigTests
{
    [Fact]
    public void The_config_is_kept_byte_for_byte_and_gives_the_image_id()
    {
        var image = TestImage.Create("linux/arm/v6");
        var config = ImageConfig.Parse(image.Config);
        Assert.True(config.Content.Span.SequenceEqual(image.Config));
        Assert.Equal(Digest.Sha256(image.Config), config.ImageId);
        Assert.Equal(image.LayerTars.Select(t => Digest.Sha256(t)), config.DiffIds.Select(d => d.Digest));
        Assert.Equal("arm", config.Architecture);
        Assert.Equal("linux", config.Os);
        Assert.Equal("v6", config.Variant);
        Assert.Equal(Platform.Parse("linux/arm/v6"), config.Platform);
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), config.Created);
    }

    [Fact]
    public void An_image_without_layers_has_null_or_no_list()
    {
        Assert.Empty(ImageConfig.Parse("""{"rootfs":{"type":"layers","diff_ids":null}}"""u8.ToArray()).DiffIds);
        Assert.Empty(ImageConfig.Parse("""{"rootfs":{"type":"layers"}}"""u8.ToArray()).DiffIds);
    }

    [Fact]
    public void Nanosecond_times_and_bad_times_do_not_disturb()
    {
        const string rootfs = "\"rootfs\":{\"type\":\"layers\"}";
        Assert.Equal(2023, ImageConfig.Parse(Encoding.UTF8.GetBytes($$"""{"created":"2023-08-07T19:20:20.894140623Z",{{rootfs}}}""")).Created!.Value.Year);
        Assert.Null(ImageConfig.Parse(Encoding.UTF8.GetBytes($$"""{"created":"yesterday",{{rootfs}}}""")).Created);
    }

    [Theory]
    [InlineData("{}", "rootfs is missing")]
    [InlineData("""{"rootfs":[]}""", "rootfs is not an object")]
    [InlineData("""{"rootfs":{"type":"layers+base"}}""", "rootfs.type")]
    [InlineData("""{"rootfs":{"type":"layers","diff_ids":{}}}""", "not a list")]
    [InlineData("""{"rootfs":{"type":"layers","diff_ids":[1]}}""", "not text")]
    [InlineData("""{"rootfs":{"type":"layers","diff_ids":["sha256:00"]}}""", "not a SHA-256 digest")]
    [InlineData("""{"os":7,"rootfs":{"type":"layers"}}""", "os is not text")]
    [InlineData("nonsense", "not valid JSON")]
    public void Malformed_configs_are_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<CorruptImageException>(() => ImageConfig.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"os":"linux","architecture":"arm",""", "linux/arm/v6", true)]
    [InlineData("""{"os":"linux","architecture":"arm","variant":"v7",""", "linux/arm/v6", false)]
    [InlineData("""{"os":"linux","architecture":"arm","variant":"v5",""", "linux/arm/v6", true)]
    [InlineData("""{"os":"linux","architecture":"aarch64",""", "linux/arm64", true)]
    [InlineData("""{"os":"linux","architecture":"amd64",""", "linux/arm64", false)]
    [InlineData("""{"os":"windows","architecture":"arm64",""", "linux/arm64", false)]
    [InlineData("""{"os":"linux",""", "linux/arm64", false)]
    public void A_config_suits_a_platform_by_what_it_states(string start, string platform, bool suits) =>
        Assert.Equal(suits, ImageConfig.Parse(Encoding.UTF8.GetBytes(start + "\"rootfs\":{\"type\":\"layers\"}}")).Suits(Platform.Parse(platform)));
}
