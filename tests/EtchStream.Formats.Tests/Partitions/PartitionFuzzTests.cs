using System.Buffers.Binary;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using Xunit;

namespace EtchStream.Formats.Tests.Partitions;

public class PartitionFuzzTests
{
    private static readonly uint[] Extremes = [0, 1, 2, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    [Fact]
    public void Damaged_MBRs_end_in_a_table_or_in_our_error() =>
        Fuzz(BalenaDisks.Mbr(), 1, 10_000, static (random, disk) => (random.Next(3) switch { 0 => 446, 1 => (1152 * 512) + 446, _ => (1536 * 512) + 446 }) + random.Next(66));

    [Fact]
    public void Damaged_GPTs_end_in_a_table_or_in_our_error() =>
        Fuzz(BalenaDisks.Gpt(), 2, 6_000, static (random, disk) => random.Next(8) == 0 ? 446 + random.Next(66) : 512 + random.Next(1200), sign: true);

    [Fact]
    public void Damaged_superblocks_are_probed_without_an_exception()
    {
        var random = new Random(3);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var seed in new[] { new DiskBuilder(256 * 1024).Ext4(0, "x"), new DiskBuilder(256 * 1024).Fat16(0, "x", "y"), Fat32() })
        {
            var clean = (byte[])seed.Bytes.Clone();
            for (var round = 0; round < 7_000; round++)
            {
                for (var i = random.Next(1, 4); i > 0; i--) Damage(random, seed.Bytes, random.Next(2) == 0 ? random.Next(90) : 1024 + random.Next(0x90));
                var length = random.Next(4) == 0 ? random.Next(seed.Bytes.Length) : seed.Bytes.Length;
                var type = FileSystemProbe.Identify(new MemoryDisk(seed.Bytes.AsMemory(0, length))).Type ?? "none";
                kinds[type] = kinds.GetValueOrDefault(type) + 1;
                clean.AsSpan(0, 2048).CopyTo(seed.Bytes);
            }
        }

        // The damage has to be such that both outcomes are seen.
        Assert.True(kinds["ext4"] > 1000 && kinds["fat16"] > 1000 && kinds["fat32"] > 1000 && kinds["none"] > 1000);
    }

    [Fact]
    public void Random_bytes_behind_any_magic_are_probed_without_an_exception()
    {
        var random = new Random(4);
        (int At, byte[] Magic)[] magics =
        [
            (0, "XFSB"u8.ToArray()), (0, "hsqs"u8.ToArray()), (0, [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0, 2]), (3, "EXFAT   "u8.ToArray()), (3, "NTFS    "u8.ToArray()),
            (512, "LABELONE"u8.ToArray()), (1024, [0x10, 0x20, 0xF5, 0xF2]), (1024, [0xE2, 0xE1, 0xF5, 0xE0]), (0x10040, "_BHRfS_M"u8.ToArray()),
            (4086, "SWAPSPACE2"u8.ToArray()), (0x8001, "CD001"u8.ToArray()), (0x438, [0x53, 0xEF]), (510, [0x55, 0xAA]),
        ];
        var bytes = new byte[128 * 1024];
        for (var round = 0; round < 2600; round++)
        {
            var (at, magic) = magics[round % magics.Length];
            random.NextBytes(bytes.AsSpan(0, 6000));
            random.NextBytes(bytes.AsSpan(0x10000, 1024));
            if (random.Next(2) == 0) bytes.AsSpan(0, 1024).Clear();
            magic.CopyTo(bytes, at);
            if (magic[0] == (byte)'E') (bytes[0x6C], bytes[0x6D]) = ((byte)random.Next(8, 14), (byte)random.Next(20));
            if (magic[0] == (byte)'L') "LVM2 001"u8.CopyTo(bytes.AsSpan(512 + 24));
            var content = FileSystemProbe.Identify(new MemoryDisk(bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length)));
            Assert.True(content.Label is null || content.Label.Length <= 1024);
        }
    }

    /// <summary>A FAT32 volume whose root directory is a chain of clusters that runs in a circle and has no label.</summary>
    private static DiskBuilder Fat32()
    {
        var disk = new DiskBuilder(256 * 1024).Fat16(0, "x", null);
        var boot = disk.Bytes.AsSpan();
        boot[17] = boot[18] = boot[22] = boot[23] = boot[19] = boot[20] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(boot[32..], 1_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(boot[36..], 100);
        BinaryPrimitives.WriteUInt32LittleEndian(boot[44..], 2);
        boot.Slice(512, 400).Fill(2);
        for (var cluster = 2; cluster < 100; cluster++) BinaryPrimitives.WriteInt32LittleEndian(boot[(512 + (cluster * 4))..], cluster == 99 ? 2 : cluster + 1);
        boot[(201 * 512)..].Fill(0xE5);
        return disk;
    }

    private static void Fuzz(DiskBuilder disk, int seed, int rounds, Func<Random, DiskBuilder, int> place, bool sign = false)
    {
        var random = new Random(seed);
        var clean = (byte[])disk.Bytes.Clone();
        int tables = 0, errors = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = random.Next(1, 5); i > 0; i--) Damage(random, disk.Bytes, place(random, disk));
            if (sign && random.Next(4) != 0) disk.SignGpt(1);
            var length = random.Next(8) == 0 ? random.Next(disk.Bytes.Length) : disk.Bytes.Length;
            var reader = new MemoryDisk(disk.Bytes.AsMemory(0, length));
            try
            {
                var table = PartitionTable.Read(reader, random.Next(3) switch { 0 => 512, 1 => 4096, _ => null });
                tables++;
                foreach (var partition in table.Partitions)
                {
                    Assert.True(partition.Start >= 0 && partition.Length > 0 && partition.End > partition.Start);
                    _ = FileSystemProbe.Identify(partition.OpenRead(reader));
                }

                _ = PartitionFinder.Find(table, reader, random.Next(2) == 0 ? "resin-data" : "5");
            }
            catch (Exception e) when (e is CorruptFormatException or PartitionNotFoundException)
            {
                errors++;
            }

            Restore(clean, disk.Bytes);
        }

        Assert.True(tables > rounds / 10 && errors > rounds / 10, $"{tables} tables, {errors} errors");
    }

    private static void Restore(byte[] clean, byte[] bytes)
    {
        // Damage reaches only these places.
        clean.AsSpan(0, 4096).CopyTo(bytes);
        clean.AsSpan(1152 * 512, 1024).CopyTo(bytes.AsSpan(1152 * 512));
        clean.AsSpan(1536 * 512, 1024).CopyTo(bytes.AsSpan(1536 * 512));
    }

    private static void Damage(Random random, byte[] bytes, int at)
    {
        switch (random.Next(3))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), Extremes[random.Next(Extremes.Length)]);
                break;
        }
    }
}
