using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4;

/// <summary>One name in a directory.</summary>
/// <param name="Name">1 to 255 bytes, neither <c>/</c> nor NUL among them.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Kind">What it is, null where the file system does not keep it in directories (no filetype feature).</param>
public readonly record struct Ext4DirectoryEntry(byte[] Name, uint Inode, FileKind? Kind);
