using EtchStream.Formats.Partitions;
using Xunit;

namespace EtchStream.Formats.Tests.Partitions;

public class PartitionFinderTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("6", 6)]
    [InlineData("resin-boot", 1)]
    [InlineData("resin-rootB", 3)]
    [InlineData("resin-data", 6)]
    public void An_MBR_is_searched_by_number_and_by_file_system_label(string selector, int number)
    {
        var disk = BalenaDisks.Mbr().Disk;
        Assert.Equal(number, PartitionFinder.Find(PartitionTable.Read(disk), disk, selector).Number);
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("resin-boot", 1)]
    [InlineData("resin-data", 5)]
    public void A_GPT_is_searched_by_number_and_by_name(string selector, int number)
    {
        var disk = BalenaDisks.Gpt().Disk;
        Assert.Equal(number, PartitionFinder.Find(PartitionTable.Read(disk), disk, selector).Number);
    }

    [Fact]
    public void Names_in_the_table_go_before_labels_of_file_systems()
    {
        var disk = new DiskBuilder(1 << 20)
            .Gpt(new Dictionary<int, (long First, long Last, string Name)> { [0] = (100, 199, "a"), [1] = (200, 299, "b"), [2] = (300, 399, "") })
            .Ext4(100 * 512, "b").Ext4(200 * 512, "a").Ext4(300 * 512, "c").Disk;
        var table = PartitionTable.Read(disk);
        Assert.Equal(1, PartitionFinder.Find(table, disk, "a").Number);
        Assert.Equal(2, PartitionFinder.Find(table, disk, "b").Number);
        Assert.Equal(3, PartitionFinder.Find(table, disk, "c").Number);
    }

    [Theory]
    [InlineData("9")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    [InlineData("resin-date")]
    [InlineData("RESIN-DATA")]
    [InlineData("")]
    public void What_is_not_there_is_answered_with_what_is(string selector)
    {
        var disk = BalenaDisks.Mbr().Disk;
        var error = Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.Read(disk), disk, selector));
        Assert.Equal(selector, error.Selector);
        Assert.EndsWith(
            "the image has 1 (resin-boot, fat16), 2 (resin-rootA, ext4), 3 (resin-rootB, ext4), 4 (extended), 5 (resin-state, ext4), 6 (resin-data, ext4)",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resin-date", "no partition with the label \"resin-date\" (did you mean resin-data?); the image has 1 ")]
    [InlineData("RESIN-DATA", "no partition with the label \"RESIN-DATA\" (did you mean resin-data?); the image has 1 ")]
    [InlineData("home", "no partition with the label \"home\"; the image has 1 ")]
    public void A_label_that_is_nearly_right_is_named(string label, string expected)
    {
        foreach (var disk in (EtchStream.Formats.IO.IRandomReader[])[BalenaDisks.Mbr().Disk, BalenaDisks.Gpt().Disk])
        {
            var error = Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.Read(disk), disk, label));
            Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_extended_partition_is_no_place_for_files()
    {
        var disk = BalenaDisks.Mbr().Disk;
        Assert.Contains("extended", Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.Read(disk), disk, "4")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_two_partitions_have_is_an_error_that_names_both()
    {
        var disk = new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 100, 50).Entry(0, 2, 0x83, 200, 50).Ext4(100 * 512, "data").Ext4(200 * 512, "data").Disk;
        var error = Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.Read(disk), disk, "data"));
        Assert.Contains("1 and 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_without_partitions_say_what_they_are()
    {
        var ext = new DiskBuilder(1 << 20).Ext4(0, "x").Disk;
        Assert.Contains("single ext4 file system", Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.Read(ext), ext, "1")).Message, StringComparison.Ordinal);
        var blank = new DiskBuilder(1 << 20).Disk;
        Assert.Contains("no partition table", Assert.Throws<PartitionNotFoundException>(() => PartitionFinder.Find(PartitionTable.None, blank, "x")).Message, StringComparison.Ordinal);
    }
}
