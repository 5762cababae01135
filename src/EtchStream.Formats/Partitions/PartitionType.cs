namespace EtchStream.Formats.Partitions;

/// <summary>What a partition says it is for: a byte in an MBR, a GUID in a GPT. It tells nothing for certain about the content.</summary>
public readonly record struct PartitionType
{
    private PartitionType(byte? mbr, Guid? gpt)
    {
        Mbr = mbr;
        Gpt = gpt;
    }

    /// <summary>The type byte, null in a GPT.</summary>
    public byte? Mbr { get; }

    /// <summary>The type GUID, null in an MBR.</summary>
    public Guid? Gpt { get; }

    /// <summary>Whether this is one of the MBR types that mark an extended partition, the same three the kernel knows.</summary>
    public bool IsExtended => Mbr is 0x05 or 0x0F or 0x85;

    /// <summary>A type of an MBR partition.</summary>
    public static PartitionType FromMbr(byte type) => new(type, null);

    /// <summary>A type of a GPT partition.</summary>
    public static PartitionType FromGpt(Guid type) => new(null, type);

    /// <summary>The type as partitioning tools print it: <c>0x83</c>, or the GUID in capitals.</summary>
    public override string ToString() =>
        Gpt is { } guid ? guid.ToString("D").ToUpperInvariant() : $"0x{Mbr ?? 0:x2}";
}
