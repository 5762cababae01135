using EtchStream.Formats.IO;

namespace EtchStream.Formats.Partitions;

/// <summary>One partition as its table describes it.</summary>
public sealed record Partition
{
    /// <summary>The number the Linux kernel gives it: MBR slot 1 to 4, logical partitions from 5 in the order of their chain, GPT entry index + 1.</summary>
    public required int Number { get; init; }

    /// <summary>First byte on the disk.</summary>
    public required long Start { get; init; }

    /// <summary>Bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The first byte behind it.</summary>
    public long End => Start + Length;

    /// <summary>What it says it is for.</summary>
    public required PartitionType Type { get; init; }

    /// <summary>The name in the GPT (maybe empty), null in an MBR, which has none.</summary>
    public string? Name { get; init; }

    /// <summary>What Linux calls PARTUUID: the GPT's GUID in small letters, or the MBR's disk signature and the number, <c>1f2e3d4c-06</c>.</summary>
    public required string UniqueId { get; init; }

    /// <summary>Whether it only holds the logical partitions of an MBR.</summary>
    public bool IsExtended { get; init; }

    /// <summary>Whether it is one of the logical partitions of an MBR.</summary>
    public bool IsLogical { get; init; }

    /// <summary>Whether the MBR marks it active, or the GPT legacy BIOS bootable.</summary>
    public bool IsBootable { get; init; }

    /// <summary>Whether all of it lies on a disk of <paramref name="diskLength"/> bytes.</summary>
    public bool IsInside(long diskLength) => Start <= diskLength && Length <= diskLength - Start;

    /// <summary>Refuses a partition that reaches behind the end of its disk.</summary>
    /// <exception cref="CorruptFormatException">It ends behind <paramref name="diskLength"/>: a truncated image, or a wrong table.</exception>
    public void EnsureInside(long diskLength)
    {
        if (!IsInside(diskLength))
        {
            throw new CorruptFormatException($"partition {Number}", Start, $"it ends at byte {End}, but the image has only {diskLength} bytes; is the image truncated?");
        }
    }

    /// <summary>The partition's bytes, read only.</summary>
    public ReaderSlice OpenRead(IRandomReader disk) => new(disk, Start, Length);

    /// <summary>The partition's bytes, to be changed in place.</summary>
    /// <exception cref="CorruptFormatException">It ends behind the end of <paramref name="disk"/>.</exception>
    public DiskSlice Open(IDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        EnsureInside(disk.Length);
        return new DiskSlice(disk, Start, Length);
    }
}
