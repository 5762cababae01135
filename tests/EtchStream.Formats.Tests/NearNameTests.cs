using Xunit;

namespace EtchStream.Formats.Tests;

public class NearNameTests
{
    [Theory]
    [InlineData("resin-dta", "resin-data")]
    [InlineData("resin-daat", "resin-data")]
    [InlineData("RESIN-BOOT", "resin-boot")]
    [InlineData("resinroota", "resin-rootA")]
    [InlineData("resin-rootb", "resin-rootB")]
    [InlineData("vfta", "vfat")]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("6", null)]
    [InlineData("efi", null)]
    public void The_nearest_name_is_found_and_none_where_none_is_near(string typed, string? expected) =>
        Assert.Equal(expected, NearName.Of(typed, ["resin-boot", "resin-rootA", "resin-rootB", "resin-data", "vfat", "a", "5", ""]));

    [Fact]
    public void Crowded_folders_and_long_names_cost_little()
    {
        var looked = 0;
        var names = Enumerable.Range(0, int.MaxValue).Select(i =>
        {
            looked++;
            return new string('a', 254);
        });
        Assert.Null(NearName.Of("short", names));
        Assert.InRange(looked, 1, 20_000);
        Assert.Null(NearName.Of(new string('a', 100_000), [new string('a', 99_999)]));
    }
}
