using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using Xunit;

namespace EtchStream.Formats.Tests.Partitions;

public class MbrTests
{
    [Fact]
    public void Logical_partitions_are_numbered_from_5_and_placed_by_their_records()
    {
        var table = PartitionTable.Read(BalenaDisks.Mbr().Disk);

        Assert.Equal(PartitionTableKind.Mbr, table.Kind);
        Assert.Equal(512, table.SectorSize);
        Assert.Equal("1f2e3d4c", table.DiskId);
        Assert.Empty(table.Warnings);
        Assert.Equal([1, 2, 3, 4, 5, 6], table.Partitions.Select(p => p.Number));
        const long Unit = 65536;
        Assert.Equal([1, 3, 6, 9, 10, 13], table.Partitions.Select(p => p.Start / Unit));
        Assert.Equal([2, 3, 3, 15, 2, 3], table.Partitions.Select(p => p.Length / Unit));
        Assert.Equal([false, false, false, true, false, false], table.Partitions.Select(p => p.IsExtended));
        Assert.Equal([false, false, false, false, true, true], table.Partitions.Select(p => p.IsLogical));
        Assert.Equal("1f2e3d4c-06", table.Partitions[5].UniqueId);
        Assert.Equal("0x83", table.Partitions[5].Type.ToString());
        Assert.True(table.Partitions[0].IsBootable);
        Assert.Null(table.Partitions[0].Name);
    }

    [Fact]
    public void Empty_slots_keep_their_numbers()
    {
        var table = PartitionTable.Read(new DiskBuilder(1 << 20).Entry(0, 1, 0x83, 8, 8).Entry(0, 3, 0x83, 100, 8).Disk);
        Assert.Equal([2, 4], table.Partitions.Select(p => p.Number));
    }

    [Fact]
    public void Logical_partitions_count_by_the_chain_and_not_by_their_place()
    {
        var table = PartitionTable.Read(new DiskBuilder(1 << 20)
            .Entry(0, 0, 0x05, 100, 1000)
            .Entry(100, 0, 0x83, 10, 10).Entry(100, 1, 0x05, 500, 100)
            .Entry(600, 0, 0x83, 10, 10).Entry(600, 1, 0x0F, 200, 100)
            .Entry(300, 0, 0x83, 10, 10).Disk);
        Assert.Equal([1, 5, 6, 7], table.Partitions.Select(p => p.Number));
        Assert.Equal([100, 110, 610, 310], table.Partitions.Select(p => p.Start / 512));
    }

    [Fact]
    public void Records_without_a_partition_are_stepped_over()
    {
        var disk = new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1000).Entry(100, 1, 0x05, 100, 100).Entry(200, 0, 0x83, 10, 10);
        Assert.Equal([1, 5], PartitionTable.Read(disk.Disk).Partitions.Select(p => p.Number));
    }

    [Fact]
    public void A_blank_extended_partition_holds_nothing()
    {
        var table = PartitionTable.Read(new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1000).Disk);
        Assert.Single(table.Partitions);
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public void A_chain_in_a_circle_is_an_error()
    {
        var disk = new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1000)
            .Entry(100, 0, 0x83, 10, 10).Entry(100, 1, 0x05, 100, 50)
            .Entry(200, 0, 0x83, 10, 10).Entry(200, 1, 0x05, 100, 50);
        var error = Refused(disk);
        Assert.Contains("circle", error.Message, StringComparison.Ordinal);
        Assert.Contains("partition 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(200 * 512, error.Offset);

        Assert.Contains("circle", Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1000).Entry(100, 0, 0x83, 10, 10).Entry(100, 1, 0x05, 0, 50)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_nowhere_is_an_error()
    {
        Assert.Contains("behind the end", Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 100_000).Entry(100, 1, 0x05, 50_000, 50)).Message, StringComparison.Ordinal);
        Assert.Contains("0x55AA", Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1000).Entry(100, 1, 0x05, 500, 50)).Message, StringComparison.Ordinal);
        Assert.Contains("behind the end", Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x05, uint.MaxValue, uint.MaxValue)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_without_end_is_an_error()
    {
        var disk = new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1900);
        for (uint i = 0; i < 300; i++) disk.Entry(100 + (i * 4), 0, 0x83, 1, 1).Entry(100 + (i * 4), 1, 0x05, (i + 1) * 4, 4);
        Assert.Contains("255", Refused(disk).Message, StringComparison.Ordinal);

        var empty = new DiskBuilder(1 << 20).Entry(0, 0, 0x05, 100, 1900);
        for (uint i = 0; i < 200; i++) empty.Entry(100 + i, 1, 0x05, i + 1, 4);
        Assert.Contains("in a row", Refused(empty).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 100, 50, 100, "partition 2")]
    [InlineData(10, 100, 109, 1, "partition 2")]
    [InlineData(50, 10, 10, 100, "partition 1")]
    [InlineData(0, 100, 500, 1, "partition 1")]
    public void Overlapping_partitions_are_an_error_that_names_one_and_says_where(uint first1, uint count1, uint first2, uint count2, string named)
    {
        var error = Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x83, first1, count1).Entry(0, 1, 0x83, first2, count2));
        Assert.Equal(named, error.Structure);
        Assert.Contains("overlaps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_logical_partition_may_not_overlap_its_neighbours_its_record_or_a_primary()
    {
        static DiskBuilder Disk(uint first, uint count) => new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 10, 50).Entry(0, 1, 0x05, 100, 1000)
            .Entry(100, 0, 0x83, first, count).Entry(100, 1, 0x05, 500, 100).Entry(600, 0, 0x83, 10, 10);

        Assert.Equal(4, PartitionTable.Read(Disk(10, 10).Disk).Partitions.Count);
        Assert.Contains("overlaps", Refused(Disk(0, 10)).Message, StringComparison.Ordinal);
        Assert.Contains("overlaps", Refused(Disk(10, 491)).Message, StringComparison.Ordinal);
        Assert.Contains("overlaps", Refused(Disk(505, 20)).Message, StringComparison.Ordinal);
        Assert.Contains("overlaps", Refused(new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 10, 91).Entry(0, 1, 0x05, 100, 1000)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_behind_the_end_of_the_image_is_listed_and_refused_when_used()
    {
        var disk = new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 10, 10).Entry(0, 1, 0x83, 2000, 100);
        var table = PartitionTable.Read(disk.Disk);

        Assert.Equal(2, table.Partitions.Count);
        Assert.True(table.Partitions[0].IsInside(1 << 20));
        table.Partitions[0].EnsureInside(1 << 20);
        var error = Assert.Throws<CorruptFormatException>(() => table.Partitions[1].Open(disk.Disk));
        Assert.Equal("partition 2", error.Structure);
        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
        Assert.Throws<CorruptFormatException>(() => PartitionFinder.Find(table, disk.Disk, "2"));
    }

    [Fact]
    public void Sectors_of_4096_bytes_are_taken_when_asked_for_or_when_only_they_make_sense()
    {
        var disk = new DiskBuilder(1 << 20, 4096).Entry(0, 0, 0x83, 16, 32).Ext4(16 * 4096, "big");
        Assert.Equal(16 * 4096, PartitionTable.Read(disk.Disk, 4096).Partitions[0].Start);
        Assert.Equal(4096, PartitionTable.Read(disk.Disk).SectorSize);
        Assert.Equal(512, PartitionTable.Read(disk.Disk, 512).SectorSize);
        Assert.Equal(512, PartitionTable.Read(new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 16, 32).Disk).SectorSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => PartitionTable.Read(disk.Disk, 1024));
    }

    [Fact]
    public void File_systems_without_a_table_are_no_table()
    {
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new DiskBuilder(1 << 20).Fat16(0, "NO NAME", null).Disk).Kind);
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new DiskBuilder(1 << 20).Ext4(0, "x").Disk).Kind);
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new DiskBuilder(1 << 20).Disk).Kind);
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new MemoryDisk(new byte[100])).Kind);
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new MemoryDisk(Array.Empty<byte>())).Kind);

        // Text in the place of the entries, as in an NTFS boot sector.
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(new DiskBuilder(1 << 20).Entry(0, 0, 0x83, 10, 10, boot: (byte)'A').Disk).Kind);
    }

    private static CorruptFormatException Refused(DiskBuilder disk) => Assert.Throws<CorruptFormatException>(() => PartitionTable.Read(disk.Disk));
}
