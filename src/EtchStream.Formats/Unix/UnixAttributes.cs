namespace EtchStream.Formats.Unix;

/// <summary>What a file system keeps about an object beside its content.</summary>
public sealed class UnixAttributes
{
    /// <summary>Permission bits with setuid, setgid and sticky: 0 to 07777 (octal).</summary>
    public int Mode { get; init; }

    /// <summary>Numeric owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Numeric group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Time of last modification.</summary>
    public UnixTime ModificationTime { get; init; }

    /// <summary>Extended attributes, ACLs among them.</summary>
    public IReadOnlyList<Xattr> Xattrs { get; init; } = [];
}
