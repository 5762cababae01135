using System.Runtime.InteropServices;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Partitions.Growth;

/// <summary>Gives the last partition of an MBR another end: in the MBR, or in its extended boot record and all that lead to it.</summary>
internal static class MbrGrowth
{
    private const int RecordSize = 512;
    private const int EntrySize = 16;
    private const int MaxRecords = 1024;

    /// <summary>Makes sure that 32 bits can count the sectors.</summary>
    public static void EnsureFits(PartitionTable table, long end)
    {
        var limit = uint.MaxValue * (long)table.SectorSize;
        if (end > limit) throw new OutOfSpaceException($"the partition would end at byte {end}, and an MBR names nothing behind {limit}; use an image with a GPT", end, limit);
    }

    /// <summary>Writes.</summary>
    public static void Write(IDisk disk, PartitionTable table, Partition partition, long end)
    {
        EnsureFits(table, end);
        var size = table.SectorSize;
        if (!partition.IsLogical)
        {
            SetCount(disk, 0, partition.Number - 1, (end - partition.Start) / size);
            return;
        }

        var extended = table.Partitions.First(p => p.IsExtended && partition.Start >= p.Start && partition.Start < p.End);
        if (end > extended.End) SetCount(disk, 0, extended.Number - 1, (end - extended.Start) / size);
        SetLogical(disk, size, partition, extended.Start, end);
    }

    private static void SetLogical(IDisk disk, int size, Partition partition, long extendedStart, long end)
    {
        var record = extendedStart;
        (long Record, int Slot)? link = null;
        for (var count = 0; count < MaxRecords; count++)
        {
            var sector = new byte[RecordSize];
            disk.Read(record, sector);
            var entries = MbrReader.Entries(sector);
            (long Next, int Slot)? next = null;
            for (var slot = 0; slot < entries.Length; slot++)
            {
                ref readonly var entry = ref entries[slot];
                if (entry.SectorCount == 0u) continue;
                if (PartitionType.FromMbr(entry.Type).IsExtended)
                {
                    next ??= (extendedStart + ((long)entry.FirstSector * size), slot);
                }
                else if (record + ((long)entry.FirstSector * size) == partition.Start)
                {
                    SetCount(disk, record, slot, (end - partition.Start) / size);

                    // The record before says how much the partition takes together with its own record.
                    if (link is { } before) SetCount(disk, before.Record, before.Slot, (end - record) / size);
                    return;
                }
            }

            if (next is not { } step) break;
            link = (record, step.Slot);
            record = step.Next;
        }

        throw new CorruptFormatException("extended boot record", record, $"partition {partition.Number} is not where it was found before");
    }

    private static void SetCount(IDisk disk, long record, int slot, long sectors)
    {
        var bytes = new byte[EntrySize];
        var at = record + MbrReader.EntriesOffset + (slot * EntrySize);
        disk.Read(at, bytes);
        ref var entry = ref MemoryMarshal.AsRef<MbrEntry>(bytes.AsSpan());
        entry.SectorCount = checked((uint)sectors);

        // Cylinders, heads and sectors that say "beyond what they can count".
        (entry.EndHead, entry.EndSector, entry.EndCylinder) = (0xFE, 0xFF, 0xFF);
        disk.Write(at, bytes);
    }
}
