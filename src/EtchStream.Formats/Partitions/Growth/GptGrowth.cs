using System.Runtime.InteropServices;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Partitions.Growth;

/// <summary>Gives a partition of a GPT another end, and the table's copy its place at the new end of the disk.</summary>
internal static class GptGrowth
{
    private const int ProtectiveEntryAt = MbrReader.EntriesOffset;
    private const int UsualArray = 16 * 1024;

    /// <summary>Bytes of a copy with the usual 128 entries, and its header.</summary>
    public static long BackupLength(int sectorSize) => UsualArray + sectorSize;

    /// <summary>Clears the copy where it is.</summary>
    public static void ClearBackup(IDisk disk, int sectorSize)
    {
        var (header, entries) = Read(disk, sectorSize);
        var lba = (long)(ulong)header.AlternateLba;
        var copy = new byte[sectorSize];
        disk.Read(lba * sectorSize, copy);
        var backup = MemoryMarshal.Read<GptHeader>(copy);
        if (backup.Signature != GptHeader.ExpectedSignature) return;
        disk.Write((long)(ulong)backup.PartitionEntryLba * sectorSize, new byte[entries.Length]);
        disk.Write(lba * sectorSize, new byte[sectorSize]);
    }

    /// <summary>Writes both copies and the protective MBR for a disk of its present length.</summary>
    public static void Write(IDisk disk, int sectorSize, int number, long end)
    {
        var (header, entries) = Read(disk, sectorSize);
        var lastLba = (disk.Length / sectorSize) - 1;
        var arraySectors = (entries.Length + sectorSize - 1) / sectorSize;
        ref var entry = ref MemoryMarshal.AsRef<GptEntry>(entries.AsSpan((number - 1) * (int)(uint)header.EntrySize, GptEntry.Size));
        entry.LastLba = (ulong)((end / sectorSize) - 1);
        header.EntryArrayCrc32 = Crc32.Compute(entries);
        header.LastUsableLba = (ulong)(lastLba - arraySectors - 1);

        var backup = header;
        backup.MyLba = (ulong)lastLba;
        backup.AlternateLba = 1;
        backup.PartitionEntryLba = (ulong)(lastLba - arraySectors);
        header.AlternateLba = (ulong)lastLba;

        // The copy first: at no moment are both of them broken.
        disk.Write((lastLba - arraySectors) * sectorSize, entries);
        WriteHeader(disk, sectorSize, lastLba, backup);
        disk.Write((long)(ulong)header.PartitionEntryLba * sectorSize, entries);
        WriteHeader(disk, sectorSize, 1, header);
        WriteProtective(disk, lastLba);
    }

    private static (GptHeader Header, byte[] Entries) Read(IDisk disk, int sectorSize)
    {
        var sector = new byte[sectorSize];
        disk.Read(sectorSize, sector);
        var header = MemoryMarshal.Read<GptHeader>(sector);
        var entries = new byte[checked((int)((uint)header.EntryCount * (uint)header.EntrySize))];
        disk.Read((long)(ulong)header.PartitionEntryLba * sectorSize, entries);
        return (header, entries);
    }

    private static void WriteHeader(IDisk disk, int sectorSize, long lba, GptHeader header)
    {
        var sector = new byte[sectorSize];

        // What a newer revision keeps behind the fields that are known stays as the first header has it.
        disk.Read(sectorSize, sector);
        header.HeaderCrc32 = 0u;
        MemoryMarshal.Write(sector, header);
        header.HeaderCrc32 = Crc32.Compute(sector.AsSpan(0, (int)(uint)header.HeaderSize));
        MemoryMarshal.Write(sector, header);
        disk.Write(lba * sectorSize, sector);
    }

    private static void WriteProtective(IDisk disk, long lastLba)
    {
        var bytes = new byte[16];
        for (var slot = 0; slot < 4; slot++)
        {
            disk.Read(ProtectiveEntryAt + (slot * bytes.Length), bytes);
            ref var entry = ref MemoryMarshal.AsRef<MbrEntry>(bytes.AsSpan());
            if (entry.Type != 0xEE) continue;
            entry.SectorCount = (uint)Math.Min(lastLba, uint.MaxValue);
            disk.Write(ProtectiveEntryAt + (slot * bytes.Length), bytes);
        }
    }
}
