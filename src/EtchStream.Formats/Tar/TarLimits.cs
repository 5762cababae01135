namespace EtchStream.Formats.Tar;

/// <summary>
/// What a tar archive may ask of its reader. Everything that is held in memory for one member is bounded by these; an
/// archive that goes beyond one of them is refused with <see cref="CorruptFormatException"/>.
/// </summary>
public static class TarLimits
{
    /// <summary>Bytes of all extension headers of one member together, their blocks included. Room for a hundred extended attributes of the largest size Linux knows (64 KiB).</summary>
    public const int MaxExtensionBytes = 8 * 1024 * 1024;

    /// <summary>Bytes of a member's name or link target. Linux ends at 4096; names relative to a moved root can be longer.</summary>
    public const int MaxNameLength = 64 * 1024;

    /// <summary>Extended attributes of one member. A file of ext4 holds a few hundred at most.</summary>
    public const int MaxXattrs = 1024;

    /// <summary>Entries of one sparse map.</summary>
    public const int MaxSparseEntries = 1_000_000;
}
