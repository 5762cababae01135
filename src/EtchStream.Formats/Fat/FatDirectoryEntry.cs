using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Fat;

/// <summary>A file or directory as its parent describes it.</summary>
public sealed class FatDirectoryEntry
{
    /// <summary>The long name, or the short one where there is no long one. Empty for the root.</summary>
    /// <remarks>UTF-16 as on disk: in a damaged volume it may hold anything, halves of pairs included.</remarks>
    public required string Name { get; init; }

    /// <summary>The 8.3 name, which finds the object too. Empty for the root.</summary>
    public required string ShortName { get; init; }

    /// <summary>Whether it is a directory.</summary>
    public required bool IsDirectory { get; init; }

    /// <summary>The attribute bits: read-only 1, hidden 2, system 4, directory 16, archive 32.</summary>
    public required byte Attributes { get; init; }

    /// <summary>Bytes of a file; 0 for a directory, whose length is that of its chain.</summary>
    public required long Size { get; init; }

    /// <summary>First cluster of the content; 0 when there is none, and for the root of FAT12 and FAT16, which lies in no cluster.</summary>
    public required uint FirstCluster { get; init; }

    /// <summary>Time of the last write, in even seconds, taken as UTC.</summary>
    public required UnixTime ModificationTime { get; init; }

    internal bool IsFixedRoot { get; init; }
}
