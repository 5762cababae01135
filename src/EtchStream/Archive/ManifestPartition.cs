namespace EtchStream.Archive;

/// <summary>A partition that files go into, as the image's table described it when the archive was made.</summary>
public sealed record ManifestPartition
{
    /// <summary>The partition's name in the archive: the text behind <c>inject/</c>, a number or a label.</summary>
    public required string Selector { get; init; }

    /// <summary>Number, 1-based, as the kernel counts (logical partitions from 5 on); null where the image could not be looked into.</summary>
    public int? Number { get; init; }

    /// <summary>Label of the file system or name in the GPT; null where there is none or it is not known.</summary>
    public string? Label { get; init; }

    /// <summary>Type of the file system (<c>ext4</c>, <c>fat32</c>…); null where it is not known.</summary>
    public string? FileSystem { get; init; }

    /// <summary>Length of the partition in bytes; null where it is not known.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of a block of its file system; null where it is not known, or has no such blocks.</summary>
    public int? BlockSize { get; init; }

    /// <summary>Bytes that are free in its file system; null where it is not known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Inodes that are free in its file system; null where it is not known, or has no such number.</summary>
    public long? FreeInodes { get; init; }

    /// <summary>4096-byte blocks that what comes for it needs, as the trailer will have it; null where that was not found out beforehand.</summary>
    public long? NeededBlocks { get; init; }

    /// <summary>Inodes that it needs, likewise.</summary>
    public long? NeededInodes { get; init; }

    /// <summary>The same without what is free: where what comes is in part there already, and left out on the device, it says nothing.</summary>
    internal ManifestPartition WithoutFree() => this with { BlockSize = null, FreeBytes = null, FreeInodes = null };

    /// <summary>The same with what it needs.</summary>
    internal ManifestPartition WithNeed(TrailerPartition need) => this with { NeededBlocks = need.Blocks, NeededInodes = need.Inodes };
}
