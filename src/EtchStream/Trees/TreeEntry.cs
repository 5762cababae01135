using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>One object of a tree.</summary>
/// <param name="Kind">What it is; a hard link is the file itself.</param>
/// <param name="Size">Bytes of a regular file; 0 for anything else.</param>
/// <param name="LinkTarget">Where a symbolic link leads, byte for byte; null for anything else.</param>
/// <param name="Handle">What the tree finds the object by again.</param>
internal sealed record TreeEntry(FileKind Kind, long Size, byte[]? LinkTarget, object Handle)
{
    /// <summary>Mode, owner and time, without extended attributes; null where the tree keeps none.</summary>
    public UnixAttributes? Attributes { get; init; }
}
