using EtchStream.Formats.Fat;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Tests.Partitions;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

public class FatVolumeInfoTests
{
    [Fact]
    public void Geometry_follows_from_the_boot_sector()
    {
        var fat = FatVolumeInfo.TryRead(new DiskBuilder(1 << 20).Fat16(0, "BOOT", "ROOT").Disk);
        Assert.NotNull(fat);
        Assert.Equal(16, fat.Bits);
        Assert.Equal(2048, fat.ClusterSize);
        Assert.Equal(1 + 80 + 32, fat.FirstDataSector);
        Assert.Equal((40_000 - 113) / 4, fat.ClusterCount);
        Assert.Equal("1A2B-3C4D", fat.SerialText);
    }

    [Theory]
    [InlineData("BOOT", "ROOT", "ROOT")]
    [InlineData("BOOT", null, "BOOT")]
    [InlineData("NO NAME", null, null)]
    [InlineData("NO NAME", "a b", "a b")]
    public void The_root_directory_s_label_goes_before_the_boot_sector_s(string boot, string? root, string? expected)
    {
        var content = FileSystemProbe.Identify(new DiskBuilder(1 << 20).Fat16(0, boot, root).Disk);
        Assert.Equal("fat16", content.Type);
        Assert.True(content.IsFat);
        Assert.Equal(expected, content.Label);
    }

    [Theory]
    [InlineData(4084, 12)]
    [InlineData(4085, 16)]
    public void The_count_of_clusters_decides_between_12_and_16_bits(int clusters, int bits) =>
        Assert.Equal(bits, FatVolumeInfo.TryRead(new DiskBuilder(1 << 20).Fat16(0, "x", null, (ushort)(113 + (clusters * 4))).Disk)?.Bits);

    [Theory]
    [InlineData(11, 1)]
    [InlineData(13, 0)]
    [InlineData(13, 3)]
    [InlineData(14, 0)]
    [InlineData(16, 0)]
    [InlineData(16, 9)]
    [InlineData(21, 0)]
    [InlineData(511, 0)]
    public void A_boot_sector_that_cannot_be_is_none(int at, byte value)
    {
        var disk = new DiskBuilder(1 << 20).Fat16(0, "x", null);
        disk.Bytes[at] = value;
        Assert.Null(FatVolumeInfo.TryRead(disk.Disk));
    }
}
