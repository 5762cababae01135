using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Unpack.Splicing;

/// <summary>Opens the file system of a partition for writing: the one place that knows which kinds there are.</summary>
internal interface IFileSystemOpener
{
    /// <summary>Opens a file system.</summary>
    /// <param name="partition">The partition, for messages.</param>
    /// <param name="disk">The partition's bytes, read and written at once.</param>
    /// <param name="writer">Takes writes that may reach the disk later, in order.</param>
    /// <exception cref="Formats.UnsupportedFormatException">Files cannot be written into this kind of file system.</exception>
    OpenedFileSystem Open(Partition partition, IDisk disk, IBlockWriter writer);
}

/// <summary>A file system that is being written.</summary>
/// <param name="Writer">Its writer.</param>
/// <param name="Kind">Its type as the field calls it: <c>ext4</c>.</param>
/// <param name="Label">Its label, null where there is none.</param>
/// <param name="FreeBytes">Tells the free space that is left, when it can be told.</param>
internal sealed record OpenedFileSystem(IFileSystemWriter Writer, string Kind, string? Label, Func<long?> FreeBytes);
