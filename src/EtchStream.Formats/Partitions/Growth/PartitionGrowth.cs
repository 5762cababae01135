using EtchStream.Formats.IO;

namespace EtchStream.Formats.Partitions.Growth;

/// <summary>
/// Makes the last partition of a disk larger, together with the disk: a primary or logical partition of an MBR, or one of a GPT. All else
/// stays where it is.
/// </summary>
/// <remarks>
/// In three steps, so that files can be written in between: <see cref="Begin"/> when the image has got longer for the first time;
/// the image may be made longer again and again; <see cref="Finish"/> when its length is the final one.
/// </remarks>
public sealed class PartitionGrowth
{
    /// <summary>Partitions end at a multiple of this: 4 MiB, as balenaOS aligns them, which suits flash memory.</summary>
    public const long Alignment = 4 << 20;

    private readonly PartitionTable _table;
    private readonly Partition _partition;
    private readonly long _oldDiskLength;

    private PartitionGrowth(PartitionTable table, Partition partition, long oldDiskLength)
    {
        _table = table;
        _partition = partition;
        _oldDiskLength = oldDiskLength;
    }

    /// <summary>The partition as it was.</summary>
    public Partition Partition => _partition;

    /// <summary>Bytes behind the partition that stay behind it: the copy of a GPT, and what the image had there.</summary>
    private long Behind => Math.Max(_table.Kind == PartitionTableKind.Gpt ? GptGrowth.BackupLength(_table.SectorSize) : 0, _oldDiskLength - _partition.End);

    /// <summary>Makes sure that a partition can grow, and changes nothing.</summary>
    /// <param name="table">The disk's table.</param>
    /// <param name="partition">One of its partitions.</param>
    /// <param name="diskLength">Bytes of the disk.</param>
    /// <exception cref="UnsupportedFormatException">Something lies behind it; or the table is one that cannot be changed.</exception>
    public static PartitionGrowth Of(PartitionTable table, Partition partition, long diskLength)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(partition);
        var behind = table.Partitions.Where(p => p.Number != partition.Number && !(p.IsExtended && partition.IsLogical) && p.End > partition.Start).OrderBy(p => p.Start).FirstOrDefault();
        if (behind is not null)
        {
            throw new UnsupportedFormatException(
                "growth in the middle", $"partition {partition.Number} cannot grow: partition {behind.Number}{(string.IsNullOrEmpty(behind.Name) ? "" : $" ({behind.Name})")} lies behind it, at byte {behind.Start}");
        }

        if (table.Findings.FirstOrDefault(f => f.IsError) is { } damage) throw new UnsupportedFormatException("damaged partition table", $"partition {partition.Number} cannot grow: {damage.Message}");
        if (table.Kind == PartitionTableKind.Gpt && table.Findings.Any(f => f.Message.Contains("hybrid", StringComparison.Ordinal)))
            throw new UnsupportedFormatException("hybrid MBR", $"partition {partition.Number} cannot grow: the GPT has a hybrid MBR, which would have to be changed with it");
        return new PartitionGrowth(table, partition, diskLength);
    }

    /// <summary>How long the disk has to be for the partition to have at least some length. The partition ends at a multiple of <see cref="Alignment"/> then.</summary>
    /// <exception cref="OutOfSpaceException">An MBR cannot name so large a partition.</exception>
    public long DiskLength(long partitionLength)
    {
        if (partitionLength <= _partition.Length) return _oldDiskLength;
        var end = checked(_partition.Start + partitionLength + Alignment - 1) / Alignment * Alignment;
        if (_table.Kind == PartitionTableKind.Mbr) MbrGrowth.EnsureFits(_table, end);
        return end + Behind;
    }

    /// <summary>How long the partition is on a disk of some length.</summary>
    public long PartitionLength(long diskLength)
    {
        var end = (diskLength - Behind) / Alignment * Alignment;
        return Math.Max(_partition.Length, end - _partition.Start);
    }

    /// <summary>Clears what would come to lie inside the partition, before anything is written there.</summary>
    public void Begin(IDisk disk)
    {
        if (_table.Kind == PartitionTableKind.Gpt) GptGrowth.ClearBackup(disk, _table.SectorSize);
    }

    /// <summary>Writes the table for a disk of its present length.</summary>
    public void Finish(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var end = _partition.Start + PartitionLength(disk.Length);
        switch (_table.Kind)
        {
            case PartitionTableKind.Gpt:
                GptGrowth.Write(disk, _table.SectorSize, _partition.Number, end);
                break;
            case PartitionTableKind.Mbr:
                MbrGrowth.Write(disk, _table, _partition, end);
                break;
        }
    }
}
