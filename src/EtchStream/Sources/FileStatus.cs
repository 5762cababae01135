using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>What a file system says about an object.</summary>
internal readonly record struct FileStatus
{
    /// <summary>What it is.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Permission bits, 0 to 07777 octal.</summary>
    public int Mode { get; init; }

    /// <summary>Numeric owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Numeric group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Length in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Bytes that are allocated; less than <see cref="Size"/> when there are holes.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Time of last modification.</summary>
    public UnixTime ModificationTime { get; init; }

    /// <summary>Names it has.</summary>
    public uint LinkCount { get; init; }

    /// <summary>Which file it is.</summary>
    public FileId Id { get; init; }

    /// <summary>Major number of a device.</summary>
    public uint NodeMajor { get; init; }

    /// <summary>Minor number of a device.</summary>
    public uint NodeMinor { get; init; }
}
