using EtchStream.Formats.Checking;
using System.Runtime.InteropServices;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Partitions;

/// <summary>Reads a GUID partition table (UEFI 2.10, chapter 5.3), falling back to the backup at the disk's end.</summary>
internal static class GptReader
{
    // The usual array has 16 KiB. A limit keeps a forged count from asking for gigabytes.
    private const int MaxArrayBytes = 4 * 1024 * 1024;
    private const int HeaderCrcOffset = 16;

    private sealed record Table(GptHeader Header, long HeaderOffset, long ArrayOffset, byte[] Entries);

    /// <summary>Whether a header starts at sector 1, judged by its signature only.</summary>
    public static bool HasSignature(IRandomReader disk, int sectorSize)
    {
        Span<byte> signature = stackalloc byte[8];
        if (disk.Length < (2L * sectorSize)) return false;
        disk.Read(sectorSize, signature);
        return signature.SequenceEqual("EFI PART"u8);
    }

    /// <summary>Whether header and array at sector 1 are whole.</summary>
    public static bool IsPrimaryValid(IRandomReader disk, int sectorSize) => TryRead(disk, sectorSize, 1, out _) is not null;

    /// <summary>Whether the last sector holds a whole backup.</summary>
    public static bool IsBackupValid(IRandomReader disk, int sectorSize) =>
        TryRead(disk, sectorSize, (disk.Length / sectorSize) - 1, out _) is not null;

    /// <summary>Reads the table by the first header that is whole.</summary>
    /// <exception cref="CorruptFormatException">Both copies are damaged, or the partitions overlap.</exception>
    public static PartitionTable Read(IRandomReader disk, int sectorSize, List<StructureFinding> findings)
    {
        var table = TryRead(disk, sectorSize, 1, out var problem);
        if (table is not null)
        {
            CheckBackup(disk, sectorSize, table, findings);
        }
        else
        {
            table = ReadBackup(disk, sectorSize, problem);
            findings.Add(new StructureFinding(IsError: true, $"the primary GPT header at byte {sectorSize} is damaged ({problem}); the backup at byte {table.HeaderOffset} was used"));
        }

        var partitions = ReadEntries(table, sectorSize, findings);
        return new PartitionTable(PartitionTableKind.Gpt, sectorSize, table.Header.DiskGuid.Value.ToString("D"), partitions, findings);
    }

    private static Table ReadBackup(IRandomReader disk, int sectorSize, string primaryProblem)
    {
        var last = (disk.Length / sectorSize) - 1;
        if (TryRead(disk, sectorSize, last, out var problem) is { } atEnd) return atEnd;

        // An image that was padded has its backup not at its end, but where the primary header says. That field may itself
        // be what is damaged, which does no harm: a header proves itself by its checksum.
        Span<byte> sector = stackalloc byte[GptHeader.Size];
        if (disk.Length >= sectorSize + GptHeader.Size)
        {
            disk.Read(sectorSize, sector);
            var alternate = (ulong)MemoryMarshal.Read<GptHeader>(sector).AlternateLba;
            if (alternate > 1 && alternate < (ulong)last && TryRead(disk, sectorSize, (long)alternate, out _) is { } there) return there;
        }

        throw new CorruptFormatException("GPT header", sectorSize, $"{primaryProblem}, and the backup at byte {last * sectorSize} is damaged too ({problem})");
    }

    private static Table? TryRead(IRandomReader disk, int sectorSize, long lba, out string problem)
    {
        var offset = lba * sectorSize;
        if (lba < 1 || offset > disk.Length - sectorSize)
        {
            problem = "it would lie outside of the image";
            return null;
        }

        var sector = new byte[sectorSize];
        disk.Read(offset, sector);
        var header = MemoryMarshal.Read<GptHeader>(sector);
        problem = CheckHeader(header, sector, lba) ?? CheckArray(disk, header, sectorSize) ?? "";
        if (problem.Length > 0) return null;

        var arrayOffset = (long)(ulong)header.PartitionEntryLba * sectorSize;
        var entries = new byte[(int)((uint)header.EntryCount * (uint)header.EntrySize)];
        disk.Read(arrayOffset, entries);
        if (Crc32.Compute(entries) != header.EntryArrayCrc32)
        {
            problem = "the checksum of the partition entries is wrong";
            return null;
        }

        return new Table(header, offset, arrayOffset, entries);
    }

    private static string? CheckHeader(in GptHeader header, byte[] sector, long lba)
    {
        if (header.Signature != GptHeader.ExpectedSignature) return "no signature \"EFI PART\"";
        if (header.HeaderSize < GptHeader.Size || header.HeaderSize > sector.Length) return $"a header size of {(uint)header.HeaderSize} bytes";

        var copy = sector.AsSpan(0, (int)(uint)header.HeaderSize).ToArray();
        copy.AsSpan(HeaderCrcOffset, 4).Clear();
        if (Crc32.Compute(copy) != header.HeaderCrc32) return "the checksum of the header is wrong";
        return header.MyLba != (ulong)lba ? $"it says that it lies in sector {(ulong)header.MyLba}" : null;
    }

    private static string? CheckArray(IRandomReader disk, in GptHeader header, int sectorSize)
    {
        uint size = header.EntrySize, count = header.EntryCount;
        if (size < GptEntry.Size || !System.Numerics.BitOperations.IsPow2(size)) return $"an entry size of {size} bytes";
        var total = (ulong)size * count;
        if (total > MaxArrayBytes) return $"{count} entries of {size} bytes, more than the {MaxArrayBytes} bytes that are read";
        var sectors = (ulong)disk.Length / (ulong)sectorSize;
        return header.PartitionEntryLba < 2 || header.PartitionEntryLba >= sectors
            || total > (ulong)disk.Length - ((ulong)header.PartitionEntryLba * (ulong)sectorSize)
            ? $"the entries at sector {(ulong)header.PartitionEntryLba} leave the image"
            : null;
    }

    private static void CheckBackup(IRandomReader disk, int sectorSize, Table primary, List<StructureFinding> findings)
    {
        var lba = (ulong)primary.Header.AlternateLba;
        if (lba > long.MaxValue / (ulong)sectorSize || (long)lba * sectorSize > disk.Length - sectorSize)
        {
            findings.Add(new StructureFinding(IsError: true, $"the backup GPT header should lie in sector {lba}, which is behind the end of the image"));
        }
        else if (TryRead(disk, sectorSize, (long)lba, out var problem) is not { } backup)
        {
            findings.Add(new StructureFinding(IsError: true, $"the backup GPT header at byte {(long)lba * sectorSize} is damaged ({problem}); the primary one was used"));
        }
        else if (!backup.Entries.AsSpan().SequenceEqual(primary.Entries))
        {
            findings.Add(new StructureFinding(IsError: true, $"the backup GPT at byte {backup.HeaderOffset} lists other partitions than the primary one, which was used"));
        }
    }

    private static List<Partition> ReadEntries(Table table, int sectorSize, List<StructureFinding> findings)
    {
        var header = table.Header;
        var partitions = new List<Partition>();
        var overlaps = new OverlapCheck();
        overlaps.Add(0, sectorSize, "the protective master boot record");
        overlaps.Add(table.HeaderOffset, sectorSize, "the GPT header");
        overlaps.Add(table.ArrayOffset, table.Entries.Length, "the array of partition entries");
        var entrySize = (int)(uint)header.EntrySize;
        for (var index = 0; index < (uint)header.EntryCount; index++)
        {
            var at = index * entrySize;
            var entry = MemoryMarshal.Read<GptEntry>(table.Entries.AsSpan(at, GptEntry.Size));
            if (entry.TypeGuid.Value == Guid.Empty) continue;

            var number = index + 1;
            ulong first = entry.FirstLba, last = entry.LastLba;
            if (last < first || last >= long.MaxValue / (ulong)sectorSize)
            {
                throw new CorruptFormatException($"GPT entry of partition {number}", table.ArrayOffset + at, $"it runs from sector {first} to {last}");
            }

            if (first < header.FirstUsableLba || last > header.LastUsableLba)
            {
                findings.Add(new StructureFinding(IsError: false, $"partition {number} leaves the usable sectors {(ulong)header.FirstUsableLba} to {(ulong)header.LastUsableLba} of its GPT"));
            }

            var partition = new Partition
            {
                Number = number,
                Start = (long)first * sectorSize,
                Length = (long)(last - first + 1) * sectorSize,
                Type = PartitionType.FromGpt(entry.TypeGuid.Value),
                Name = entry.Name.Value,
                UniqueId = entry.UniqueGuid.Value.ToString("D"),
                IsBootable = ((ulong)entry.Attributes & 4) != 0,
            };
            partitions.Add(partition);
            overlaps.Add(partition.Start, partition.Length, $"partition {number}");
        }

        overlaps.ThrowIfAny();
        return partitions;
    }
}
