using System.Buffers.Binary;
using EtchStream.Formats.Partitions;
using Xunit;

namespace EtchStream.Formats.Tests.Partitions;

public class GptTests
{
    private static readonly Dictionary<int, (long First, long Last, string Name)> TwoPartitions = new()
    {
        [0] = (100, 199, "système 💾"),
        [6] = (40, 99, "exactly thirty-six UTF-16 code units"),
    };

    [Fact]
    public void Entries_give_number_place_name_and_identity()
    {
        var table = PartitionTable.Read(Disk().Disk);

        Assert.Equal(PartitionTableKind.Gpt, table.Kind);
        Assert.Equal("11111111-2222-3333-4444-555555555555", table.DiskId);
        Assert.Empty(table.Warnings);
        Assert.Equal([1, 7], table.Partitions.Select(p => p.Number));
        Assert.Equal([100 * 512, 40 * 512], table.Partitions.Select(p => p.Start));
        Assert.Equal([100 * 512, 60 * 512], table.Partitions.Select(p => p.Length));
        Assert.Equal(["système 💾", "exactly thirty-six UTF-16 code units"], table.Partitions.Select(p => p.Name));
        Assert.Equal("00000007-0002-0003-0405-060708090a0b", table.Partitions[1].UniqueId);
        Assert.Equal(DiskBuilder.LinuxData, table.Partitions[0].Type.Gpt);
        Assert.Equal("0FC63DAF-8483-4772-8E79-3D69D8477DE4", table.Partitions[0].Type.ToString());
    }

    [Theory]
    [InlineData(512, 128, 128)]
    [InlineData(512, 256, 128)]
    [InlineData(512, 16, 256)]
    [InlineData(512, 7, 1024)]
    [InlineData(4096, 128, 128)]
    [InlineData(4096, 7, 128)]
    public void Sector_size_and_shape_of_the_array_are_found_out(int sectorSize, int entryCount, int entrySize)
    {
        var disk = new DiskBuilder(2048L * sectorSize, sectorSize).Gpt(new Dictionary<int, (long First, long Last, string Name)> { [6] = (100, 199, "x") }, entryCount, entrySize);
        var table = PartitionTable.Read(disk.Disk);
        Assert.Equal(sectorSize, table.SectorSize);
        Assert.Equal(100 * sectorSize, table.Partitions.Single().Start);
        Assert.Equal(7, table.Partitions.Single().Number);
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public void A_flip_anywhere_in_the_primary_header_or_its_entries_makes_the_backup_count()
    {
        var expected = PartitionTable.Read(Disk().Disk).Partitions;
        foreach (var at in Enumerable.Range(512, 92).Concat(Enumerable.Range(0, 128 * 128 / 37).Select(i => 1024 + (i * 37))))
        {
            var disk = Disk();
            disk.Bytes[at] ^= 0x10;
            var table = PartitionTable.Read(disk.Disk);
            Assert.Equal(expected, table.Partitions);
            Assert.Contains("primary GPT header", Assert.Single(table.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_backup_is_told()
    {
        foreach (var fromEnd in new[] { 512, 500, 421, 5000 })
        {
            var disk = Disk();
            disk.Bytes[^fromEnd] ^= 1;
            var table = PartitionTable.Read(disk.Disk);
            Assert.Equal(2, table.Partitions.Count);
            Assert.Contains("backup GPT header", Assert.Single(table.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void With_both_copies_damaged_there_is_no_table()
    {
        var disk = Disk();
        disk.Bytes[600] ^= 1;
        disk.Bytes[^450] ^= 1;
        var error = Assert.Throws<CorruptFormatException>(() => PartitionTable.Read(disk.Disk));
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        Assert.Equal(512, error.Offset);
    }

    [Fact]
    public void A_padded_image_and_a_cut_one_are_read()
    {
        var whole = Disk();
        var padded = new DiskBuilder(whole.Bytes.Length + 100_000);
        whole.Bytes.CopyTo(padded.Bytes, 0);
        Assert.Empty(PartitionTable.Read(padded.Disk).Warnings);

        // The alternate's place is in the damaged header still, and the copy there proves itself.
        padded.Bytes[600] ^= 1;
        Assert.Equal(2, PartitionTable.Read(padded.Disk).Partitions.Count);

        var cut = new DiskBuilder(300 * 512);
        whole.Bytes.AsSpan(0, cut.Bytes.Length).CopyTo(cut.Bytes);
        var table = PartitionTable.Read(cut.Disk);
        Assert.Equal(2, table.Partitions.Count);
        Assert.Contains("behind the end", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hybrid_MBR_is_told_and_not_used()
    {
        var disk = Disk().Entry(0, 1, 0x0C, 100, 100);
        var table = PartitionTable.Read(disk.Disk);
        Assert.Equal(PartitionTableKind.Gpt, table.Kind);
        Assert.Contains("hybrid", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stale_GPT_behind_a_regular_MBR_is_not_used()
    {
        var disk = Disk();
        disk.Bytes.AsSpan(446, 64).Clear();
        disk.Entry(0, 0, 0x83, 500, 10);
        Assert.Equal(PartitionTableKind.Mbr, PartitionTable.Read(disk.Disk).Kind);
    }

    [Fact]
    public void Without_a_protective_MBR_a_whole_GPT_is_read_with_a_warning()
    {
        var disk = Disk();
        disk.Bytes.AsSpan(0, 512).Clear();
        var table = PartitionTable.Read(disk.Disk);
        Assert.Equal(2, table.Partitions.Count);
        Assert.Contains("protective", Assert.Single(table.Warnings), StringComparison.Ordinal);
        disk.Bytes[600] ^= 1;
        Assert.Equal(PartitionTableKind.None, PartitionTable.Read(disk.Disk).Kind);
    }

    [Theory]
    [InlineData(32, 150L, "overlap")]
    [InlineData(32, 20L, "overlap")]
    [InlineData(32, 0L, "overlap")]
    [InlineData(32, 200L, "from sector")]
    [InlineData(40, long.MaxValue, "from sector")]
    [InlineData(40, -1L, "from sector")]
    [InlineData(32, long.MinValue, "from sector")]
    public void Entries_that_cannot_be_are_errors(int field, long value, string message)
    {
        var disk = new DiskBuilder(1 << 20).Gpt(new Dictionary<int, (long First, long Last, string Name)> { [0] = (100, 199, "a"), [1] = (140, 160, "b") });
        Assert.Throws<CorruptFormatException>(() => PartitionTable.Read(disk.Disk));

        disk = new DiskBuilder(1 << 20).Gpt(new Dictionary<int, (long First, long Last, string Name)> { [0] = (100, 199, "a"), [1] = (120 + 80, 260, "b") });
        Assert.Equal(2, PartitionTable.Read(disk.Disk).Partitions.Count);
        var entry = field == 32 && value == 150 ? 1024 + 128 : 1024;
        BinaryPrimitives.WriteInt64LittleEndian(disk.Bytes.AsSpan(entry + field), value);
        disk.SignGpt(1);
        var error = Assert.Throws<CorruptFormatException>(() => PartitionTable.Read(disk.Disk));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, 91u)]
    [InlineData(12, 513u)]
    [InlineData(12, uint.MaxValue)]
    [InlineData(72, 0u)]
    [InlineData(72, 1u)]
    [InlineData(72, 2040u)]
    [InlineData(72, uint.MaxValue)]
    [InlineData(76, uint.MaxValue)]
    [InlineData(80, uint.MaxValue)]
    [InlineData(84, 0u)]
    [InlineData(84, 64u)]
    [InlineData(84, 384u)]
    [InlineData(84, 0x80000000u)]
    [InlineData(24, 2u)]
    public void Headers_that_cannot_be_are_refused_even_if_their_checksum_is_right(int field, uint value)
    {
        var disk = Disk();
        BinaryPrimitives.WriteUInt32LittleEndian(disk.Bytes.AsSpan(512 + field), value);
        disk.SignGpt(1);
        Assert.Contains("damaged", Assert.Single(PartitionTable.Read(disk.Disk).Warnings), StringComparison.Ordinal);
    }

    private static DiskBuilder Disk() => new DiskBuilder(1 << 20).Gpt(TwoPartitions);
}
