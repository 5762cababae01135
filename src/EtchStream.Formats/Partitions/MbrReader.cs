using EtchStream.Formats.Checking;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Partitions;

/// <summary>Reads a master boot record and the chain of extended boot records behind it, with the numbers the Linux kernel gives.</summary>
internal sealed class MbrReader
{
    /// <summary>Where the four entries start in an MBR or EBR.</summary>
    public const int EntriesOffset = 446;

    private const int DiskSignatureOffset = 440;
    private const int RecordSize = 512;

    // The kernel gives out numbers below 256, and gives up on a chain after 100 EBRs in a row that hold no partition.
    private const int MaxNumber = 255;
    private const int MaxEmptyRecords = 100;

    private readonly IRandomReader _disk;
    private readonly int _sectorSize;
    private readonly List<StructureFinding> _findings;
    private readonly List<Partition> _partitions = [];
    private readonly OverlapCheck _outer = new();
    private readonly OverlapCheck _logical = new();
    private readonly HashSet<long> _visited = [];
    private string _diskId = "00000000";
    private int _nextNumber = 5;

    private MbrReader(IRandomReader disk, int sectorSize, List<StructureFinding> findings)
    {
        _disk = disk;
        _sectorSize = sectorSize;
        _findings = findings;
    }

    /// <summary>Whether the sector ends in 0x55AA, as boot sectors of all kinds do.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> sector) => sector[510] == 0x55 && sector[511] == 0xAA;

    /// <summary>The four entries of a record.</summary>
    public static ReadOnlySpan<MbrEntry> Entries(ReadOnlySpan<byte> sector) =>
        MemoryMarshal.Cast<byte, MbrEntry>(sector.Slice(EntriesOffset, 64));

    /// <summary>Whether all four boot indicators are 0 or 0x80; in a file system's boot sector they are code or text.</summary>
    public static bool HasSaneBootIndicators(ReadOnlySpan<byte> sector)
    {
        foreach (ref readonly var entry in Entries(sector))
        {
            if ((entry.BootIndicator & 0x7F) != 0) return false;
        }

        return true;
    }

    /// <summary>Reads the table whose first sector is <paramref name="sector"/>.</summary>
    /// <exception cref="CorruptFormatException">Overlaps, a loop in the chain, a link that leaves the disk.</exception>
    public static PartitionTable Read(IRandomReader disk, int sectorSize, byte[] sector)
    {
        var findings = new List<StructureFinding>();
        var reader = new MbrReader(disk, sectorSize, findings);
        reader.ReadAll(sector);
        return new PartitionTable(PartitionTableKind.Mbr, sectorSize, reader._diskId, reader._partitions, findings);
    }

    private void ReadAll(byte[] sector)
    {
        _diskId = $"{BinaryPrimitives.ReadUInt32LittleEndian(sector.AsSpan(DiskSignatureOffset)):x8}";
        _outer.Add(0, RecordSize, "the master boot record");
        _logical.Add(0, RecordSize, "the master boot record");
        for (var slot = 0; slot < 4; slot++)
        {
            var entry = Entries(sector)[slot];
            if (entry.SectorCount == 0) continue;
            Add(slot + 1, (long)entry.FirstSector * _sectorSize, entry, isLogical: false);
        }

        // The kernel numbers the logical partitions only after all primary ones.
        foreach (var extended in _partitions.FindAll(p => p.IsExtended)) ReadChain(extended);

        _outer.ThrowIfAny();
        _logical.ThrowIfAny();
    }

    private void Add(int number, long start, in MbrEntry entry, bool isLogical)
    {
        var type = PartitionType.FromMbr(entry.Type);
        var partition = new Partition
        {
            Number = number,
            Start = start,
            Length = (long)entry.SectorCount * _sectorSize,
            Type = type,
            UniqueId = $"{_diskId}-{number:x2}",
            IsExtended = !isLogical && type.IsExtended,
            IsLogical = isLogical,
            IsBootable = entry.BootIndicator == 0x80,
        };
        _partitions.Add(partition);

        // Two views, as logical partitions lie inside the extended one: primaries with the extended, and all that holds data.
        if (!isLogical) _outer.Add(start, partition.Length, $"partition {number}");
        if (!partition.IsExtended) _logical.Add(start, partition.Length, $"partition {number}");
    }

    private void ReadChain(Partition extended)
    {
        var record = extended.Start;
        var recordLength = extended.Length;
        var empty = 0;
        var sector = new byte[RecordSize];
        while (true)
        {
            var what = $"extended boot record in partition {extended.Number}";
            if (!_visited.Add(record)) throw new CorruptFormatException(what, record, "the chain of logical partitions runs in a circle");
            if (record > _disk.Length - RecordSize) throw new CorruptFormatException(what, record, $"it lies behind the end of the image, which has {_disk.Length} bytes");
            if (record < extended.Start || record >= extended.End) _findings.Add(new StructureFinding(IsError: true, $"{what} at byte {record} lies outside of that partition"));
            _disk.Read(record, sector);
            if (!HasSignature(sector))
            {
                // An extended partition that was never given a logical one may be blank, but a link never leads to nothing.
                if (record != extended.Start) throw new CorruptFormatException(what, record, "it does not end in 0x55AA");
                if (sector.AsSpan().ContainsAnyExcept((byte)0)) _findings.Add(new StructureFinding(IsError: true, $"{what} at byte {record} does not end in 0x55AA, so its logical partitions are unknown"));
                return;
            }

            _logical.Add(record, RecordSize, $"the extended boot record at byte {record}");
            empty = AddLogical(extended, record, recordLength, sector) ? 0 : empty + 1;
            if (empty > MaxEmptyRecords) throw new CorruptFormatException(what, record, $"more than {MaxEmptyRecords} records in a row hold no partition");
            if (NextLink(sector) is not { } link) return;
            record = extended.Start + ((long)link.FirstSector * _sectorSize);
            recordLength = (long)link.SectorCount * _sectorSize;
        }
    }

    private bool AddLogical(Partition extended, long record, long recordLength, byte[] sector)
    {
        var any = false;
        for (var slot = 0; slot < 4; slot++)
        {
            var entry = Entries(sector)[slot];
            if (entry.SectorCount == 0 || PartitionType.FromMbr(entry.Type).IsExtended) continue;
            var offset = (long)entry.FirstSector * _sectorSize;
            var start = record + offset;
            var length = (long)entry.SectorCount * _sectorSize;

            // Only two entries of an EBR are defined; the kernel takes the others when they are plausible, so they count there.
            if (slot >= 2 && (offset + length > recordLength || start < extended.Start || start + length > extended.End)) continue;
            if (_nextNumber > MaxNumber) throw new CorruptFormatException($"extended boot record in partition {extended.Number}", record, $"there are more than {MaxNumber} partitions");
            if (start < extended.Start || start + length > extended.End)
            {
                _findings.Add(new StructureFinding(IsError: true, $"partition {_nextNumber} at bytes {start} to {start + length} leaves the extended partition {extended.Number}, which ends at byte {extended.End}"));
            }

            Add(_nextNumber++, start, entry, isLogical: true);
            any = true;
        }

        return any;
    }

    private static MbrEntry? NextLink(byte[] sector)
    {
        foreach (ref readonly var entry in Entries(sector))
        {
            if (entry.SectorCount != 0 && PartitionType.FromMbr(entry.Type).IsExtended) return entry;
        }

        return null;
    }
}
