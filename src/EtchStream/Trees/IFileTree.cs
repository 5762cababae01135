namespace EtchStream.Trees;

/// <summary>
/// A tree of files that is only read, wherever it lies: in a partition of a disk image, in a folder, in a tar. What looks for an
/// engine's store or a device's configuration knows this interface alone.
/// </summary>
/// <remarks>
/// Paths are bytes that count from the tree's root, parts separated by <c>/</c>, empty for the root; empty parts do not count. No
/// method follows a symbolic link, so that no path leaves the tree; <see cref="LinkResolver"/> follows those that stay in it.
/// <para>Errors of every method: <see cref="Formats.CorruptFormatException"/> and <see cref="Formats.UnsupportedFormatException"/> for
/// what the tree is read from, <see cref="IOException"/> where it cannot be read.</para>
/// <para>Not safe for concurrent use, and neither are several streams of one tree; they can be read in turn, until the tree is disposed.</para>
/// </remarks>
internal interface IFileTree : IDisposable
{
    /// <summary>What the tree is, for messages: a path, a partition.</summary>
    string Name { get; }

    /// <summary>Looks an object up.</summary>
    /// <returns>Null where there is none, or where something on the way is no directory.</returns>
    TreeEntry? Find(ReadOnlySpan<byte> path);

    /// <summary>The names in a directory, in the order of their bytes; none where there is no such directory.</summary>
    IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path);

    /// <summary>Opens a regular file.</summary>
    /// <param name="file">An entry of this tree, of kind file.</param>
    /// <returns>A stream that can be positioned and knows its length.</returns>
    Stream Open(TreeEntry file);
}
