using EtchStream.Formats.Unix;

namespace EtchStream.Formats.IO;

/// <summary>
/// Puts files into an existing file system. Names and metadata are the writer's work; a file's content is written by the caller,
/// straight to the places that <see cref="CreateFile"/> answers, so that it passes through no further buffer.
/// </summary>
/// <remarks>
/// Paths are bytes, relative to the root of the file system, parts separated by <c>/</c>. A missing parent folder is created
/// (mode 0755, root:root). An existing file, link or device of the same name is replaced; an existing directory takes the new
/// attributes of a directory and keeps its entries. No symbolic link is ever followed.
/// <para>The later call wins: what was made by this writer can be replaced by anything, a directory with all that is in it by a
/// file or link, a symbolic link by a directory. What the file system held before is protected: none of its directories that is
/// not empty gives way to something else, and none of its symbolic links to a directory (<see cref="UnsafePathException"/>).</para>
/// <para>Errors of every method: <see cref="UnsafePathException"/> for a path that climbs out, or leads through a link or file;
/// <see cref="OutOfSpaceException"/>; <see cref="UnsupportedFormatException"/> for what this file system cannot hold;
/// <see cref="CorruptFormatException"/> where the existing file system breaks its own format.</para>
/// </remarks>
public interface IFileSystemWriter
{
    /// <summary>Bytes in one allocation unit (ext4 block, FAT cluster).</summary>
    int BlockSize { get; }

    /// <summary>Things that were written as well as this file system can hold them, but not exactly (e.g. clamped times), one line each.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>Creates or replaces a regular file and allocates its space.</summary>
    /// <param name="path">The path, relative to the root.</param>
    /// <param name="attributes">Mode, owner, time, extended attributes.</param>
    /// <param name="size">Length of the file in bytes.</param>
    /// <param name="dataRuns">The stretches that hold data, in order; null when all of it does. The rest become holes where blocks lie wholly in them.</param>
    /// <returns>Where the content has to be written, in order of file offset.</returns>
    IReadOnlyList<FileRun> CreateFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns = null);

    /// <summary>Creates a directory, gives an existing one new attributes, or replaces something else.</summary>
    void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes);

    /// <summary>Creates a directory where nothing has its name, and leaves one that is there exactly as it is.</summary>
    /// <exception cref="UnsafePathException">Something else than a directory has the name.</exception>
    void EnsureDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes);

    /// <summary>Creates or replaces a symbolic link.</summary>
    void CreateSymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes);

    /// <summary>Gives an existing non-directory a further name.</summary>
    /// <param name="path">The new name.</param>
    /// <param name="target">Path of the existing object, relative to the root of the file system.</param>
    /// <param name="attributes">
    /// What the object is given with the new name: mode, owner and time (a symbolic link only the owner); extended attributes are
    /// added to those that it has, and take the place of those of the same name. Null leaves everything as it is.
    /// </param>
    void CreateHardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null);

    /// <summary>Creates or replaces a device node, FIFO or socket.</summary>
    void CreateNode(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes);

    /// <summary>
    /// Reads a whole regular file, one that was there or one of this run. All writes that were queued so far, the caller's and
    /// this writer's, have to be on the disk.
    /// </summary>
    /// <param name="path">The path, relative to the root.</param>
    /// <param name="maxLength">The longest file that is read, in bytes.</param>
    /// <returns>The content, or null where nothing has the name.</returns>
    /// <exception cref="UnsafePathException">Something else than a regular file has the name.</exception>
    /// <exception cref="UnsupportedFormatException">It is longer.</exception>
    byte[]? TryReadFile(ReadOnlySpan<byte> path, int maxLength);

    /// <summary>
    /// Writes what was held back (directories, bitmaps, descriptors, superblock), one piece a step, so that the caller can drain its queue between steps.
    /// Until the last step the file system on disk is not consistent.
    /// </summary>
    /// <returns>A sequence to run to its end, once.</returns>
    IEnumerable<int> Commit();
}
