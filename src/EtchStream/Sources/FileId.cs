namespace EtchStream.Sources;

/// <summary>Tells one file from every other on this machine.</summary>
/// <param name="Device">The file system it lies on.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct FileId(ulong Device, ulong Inode);
