namespace EtchStream.Archive;

/// <summary>What an archive holds for one partition.</summary>
public sealed class TrailerPartition
{
    /// <summary>The partition's selector, as in the manifest.</summary>
    public required string Partition { get; init; }

    /// <summary>Members below <c>inject/&lt;partition&gt;/</c>, of every kind.</summary>
    public required long Entries { get; init; }

    /// <summary>Bytes of content of all regular files among them, holes not counted.</summary>
    public required long Bytes { get; init; }

    /// <summary>
    /// 4096-byte blocks that the contents need: for each regular file its data rounded up to whole blocks, less what it replaces as far
    /// as that is known. Directories and the file system's own structures come on top. Null where it is not known.
    /// </summary>
    public long? Blocks { get; init; }

    /// <summary>Inodes needed: one for each member that is no hard link, and replaces nothing as far as that is known. Null where it is not known.</summary>
    public long? Inodes { get; init; }
}
