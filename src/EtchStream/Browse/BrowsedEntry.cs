using EtchStream.Formats.Unix;
using EtchStream.Trees;

namespace EtchStream.Browse;

/// <summary>One object of a partition.</summary>
public sealed class BrowsedEntry
{
    private readonly byte[] _name;

    internal BrowsedEntry(byte[] name, TreeEntry entry)
    {
        _name = name;
        Entry = entry;
    }

    /// <summary>Its name, byte for byte; empty for the root folder.</summary>
    public ReadOnlyMemory<byte> Name => _name;

    /// <summary>Its name as text; bytes that are no UTF-8, and control characters, are shown as escapes.</summary>
    public string ShownName => PathText.Of(_name);

    /// <summary>What it is; a hard link is the file itself.</summary>
    public FileKind Kind => Entry.Kind;

    /// <summary>Bytes of a regular file; 0 for anything else.</summary>
    public long Size => Entry.Size;

    /// <summary>Where a symbolic link leads, byte for byte; null for anything else.</summary>
    public ReadOnlyMemory<byte>? LinkTarget => Entry.LinkTarget is { } target ? new ReadOnlyMemory<byte>(target) : default(ReadOnlyMemory<byte>?);

    /// <summary>Mode, owner and time (extended attributes are not read); null where the file system keeps none of them.</summary>
    public UnixAttributes? Attributes => Entry.Attributes;

    internal TreeEntry Entry { get; }
}
