using EtchStream.Formats.Unix;

namespace EtchStream.TestKit;

/// <summary>All that can be seen of one object of a directory tree.</summary>
public sealed record TreeEntry
{
    /// <summary>Path below the root, without a leading slash; empty for the root itself.</summary>
    public required byte[] Path { get; init; }

    /// <summary>What it is. Hard links are told by <see cref="SameInodeAs"/>, never by this.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky.</summary>
    public required int Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint UserId { get; init; }

    /// <summary>Group.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of storage that the file system says the object takes.</summary>
    public required long Allocated { get; init; }

    /// <summary>Link count.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Device number, of device nodes.</summary>
    public required (uint Major, uint Minor) Device { get; init; }

    /// <summary>Time of last modification.</summary>
    public required UnixTime ModificationTime { get; init; }

    /// <summary>The immutable, append-only and no-dump marks, as statx reports them.</summary>
    public required ulong Flags { get; init; }

    /// <summary>Inode number.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Target of a symbolic link.</summary>
    public byte[]? LinkTarget { get; init; }

    /// <summary>Extended attributes with their full names, ordered by name; ACLs as the kernel gives them.</summary>
    public IReadOnlyList<Xattr> Xattrs { get; init; } = [];

    /// <summary>What the content is, see <see cref="ContentDigest"/>; null for all but regular files.</summary>
    public byte[]? Digest { get; init; }

    /// <summary>The first path, in byte order, that shares the inode; the own path if there is no other.</summary>
    public byte[] SameInodeAs { get; set; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind} {Convert.ToString(Mode, 8)} {UserId}:{GroupId} {Size} {ModificationTime.Seconds}.{ModificationTime.Nanoseconds:D9} {TreeText.Show(Path)}";
}
