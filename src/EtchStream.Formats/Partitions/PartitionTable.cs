using EtchStream.Formats.Checking;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Partitions;

/// <summary>The partition table of a disk or disk image: an MBR, a GPT, or none.</summary>
public sealed class PartitionTable
{
    private const int SmallSector = 512;
    private const int LargeSector = 4096;

    internal PartitionTable(PartitionTableKind kind, int sectorSize, string? diskId, IReadOnlyList<Partition> partitions, IReadOnlyList<StructureFinding> findings)
    {
        Kind = kind;
        SectorSize = sectorSize;
        DiskId = diskId;
        Partitions = partitions;
        Findings = findings;
    }

    /// <summary>A disk without a table.</summary>
    public static PartitionTable None { get; } = new(PartitionTableKind.None, SmallSector, null, [], []);

    /// <summary>Which kind of table it is.</summary>
    public PartitionTableKind Kind { get; }

    /// <summary>Bytes a sector, the unit that the table counts in: 512 or 4096.</summary>
    public int SectorSize { get; }

    /// <summary>The MBR's disk signature as eight hexadecimal digits, or the GPT's disk GUID; null without a table.</summary>
    public string? DiskId { get; }

    /// <summary>The partitions in the order of their table: primaries before logical ones. They do not overlap; whether one ends on the disk is asked with <see cref="Partition.EnsureInside"/>.</summary>
    public IReadOnlyList<Partition> Partitions { get; }

    /// <summary>What is wrong with the table but does not keep it from being used, one line each.</summary>
    public IReadOnlyList<string> Warnings => [.. Findings.Select(f => f.Message)];

    /// <summary>The same, each told to be damage or not.</summary>
    public IReadOnlyList<StructureFinding> Findings { get; }

    /// <summary>Reads the table of <paramref name="disk"/>.</summary>
    /// <param name="disk">The whole disk, from its first sector on.</param>
    /// <param name="sectorSize">512 or 4096 where it is known; null to find out.</param>
    /// <exception cref="CorruptFormatException">Overlapping partitions, a loop in the chain of logical ones, a GPT of which both copies are damaged.</exception>
    public static PartitionTable Read(IRandomReader disk, int? sectorSize = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (sectorSize is not (null or SmallSector or LargeSector)) throw new ArgumentOutOfRangeException(nameof(sectorSize), sectorSize, "512 or 4096");
        if (disk.Length < SmallSector) return None;

        var sector = new byte[SmallSector];
        disk.Read(0, sector);
        var entries = MbrReader.Entries(sector);
        var hasSignature = MbrReader.HasSignature(sector);
        bool isProtective = false, isHybrid = false, isEmpty = true;
        foreach (ref readonly var entry in entries)
        {
            if (entry.Type == 0 && entry.SectorCount == 0) continue;
            isEmpty = false;
            if (entry.Type == 0xEE) isProtective = true;
            else isHybrid = true;
        }

        if (hasSignature && isProtective) return ReadGpt(disk, sectorSize, isHybrid ? [new StructureFinding(IsError: false, "the GPT has a hybrid MBR; only the GPT is used")] : []);

        // Without a protective MBR the kernel takes no GPT, unless it is forced to. A whole primary copy is accepted where
        // nothing else claims the disk; a backup alone is more likely what an earlier use of the disk left behind.
        if ((!hasSignature || isEmpty) && FindSectorSize(sectorSize, size => GptReader.IsPrimaryValid(disk, size)) is { } found && FileSystemProbe.Identify(disk).Type is null)
        {
            return GptReader.Read(disk, found, [new StructureFinding(IsError: true, "the GPT has no protective MBR, so Linux will not see the partitions")]);
        }

        if (!hasSignature) return None;
        if (!MbrReader.HasSaneBootIndicators(sector) || IsWholeDiskFileSystem(disk, entries, isEmpty)) return None;
        return ReadMbr(disk, sectorSize, sector);
    }

    private static PartitionTable ReadGpt(IRandomReader disk, int? sectorSize, List<StructureFinding> findings)
    {
        var size = FindSectorSize(sectorSize, s => GptReader.IsPrimaryValid(disk, s))
            ?? FindSectorSize(sectorSize, s => GptReader.IsBackupValid(disk, s))
            ?? FindSectorSize(sectorSize, s => GptReader.HasSignature(disk, s))
            ?? sectorSize ?? SmallSector;
        return GptReader.Read(disk, size, findings);
    }

    private static int? FindSectorSize(int? known, Predicate<int> fits)
    {
        if (known is { } size) return fits(size) ? size : null;
        if (fits(SmallSector)) return SmallSector;
        return fits(LargeSector) ? LargeSector : null;
    }

    /// <summary>Whether sector 0 is the boot sector of a file system, whose code may pass for table entries.</summary>
    private static bool IsWholeDiskFileSystem(IRandomReader disk, ReadOnlySpan<MbrEntry> entries, bool isEmpty)
    {
        var allOutside = true;
        foreach (ref readonly var entry in entries)
        {
            if (entry.SectorCount != 0 && ((long)entry.FirstSector * SmallSector) < disk.Length) allOutside = false;
        }

        return (isEmpty || allOutside) && FileSystemProbe.Identify(disk).Type is not null;
    }

    private static PartitionTable ReadMbr(IRandomReader disk, int? sectorSize, byte[] sector)
    {
        if (sectorSize is { } known) return MbrReader.Read(disk, known, sector);

        // An MBR does not say how long its sectors are. They have 512 bytes, unless file systems are found only where 4096 puts them.
        PartitionTable small;
        try
        {
            small = MbrReader.Read(disk, SmallSector, sector);
            if (HasAnyFileSystem(disk, small)) return small;
        }
        catch (CorruptFormatException) when (TryLarge() is not null)
        {
            return TryLarge()!;
        }

        return TryLarge() ?? small;

        PartitionTable? TryLarge()
        {
            try
            {
                var large = MbrReader.Read(disk, LargeSector, sector);
                return HasAnyFileSystem(disk, large) ? large : null;
            }
            catch (CorruptFormatException)
            {
                return null;
            }
        }
    }

    private static bool HasAnyFileSystem(IRandomReader disk, PartitionTable table)
    {
        foreach (var partition in table.Partitions)
        {
            if (!partition.IsExtended && FileSystemProbe.Identify(partition.OpenRead(disk)).Type is not null) return true;
        }

        return false;
    }
}
