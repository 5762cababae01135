using System.Text;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>The files of a folder, on systems without the calls that <see cref="FolderTree"/> needs. Names are text there.</summary>
internal sealed class PortableFolderTree(string root) : IFileTree
{
    /// <inheritdoc/>
    public string Name => root;

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path) => FindInfo(path) switch
    {
        null => null,
        { LinkTarget: { } target } link => new TreeEntry(FileKind.SymbolicLink, 0, Encoding.UTF8.GetBytes(target), link),
        DirectoryInfo folder => new TreeEntry(FileKind.Directory, 0, null, folder),
        FileInfo file => new TreeEntry(FileKind.File, file.Length, null, file),
        _ => null,
    };

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path)
    {
        if (FindInfo(path) is not DirectoryInfo { LinkTarget: null } folder) return [];
        var names = folder.EnumerateFileSystemInfos().Select(i => Encoding.UTF8.GetBytes(i.Name)).ToArray();
        Array.Sort(names, ByteNames.Comparer);
        return names;
    }

    /// <inheritdoc/>
    public Stream Open(TreeEntry file) => ((FileInfo)file.Handle).OpenRead();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // Part by part: no link on the way is followed.
    private FileSystemInfo? FindInfo(ReadOnlySpan<byte> path)
    {
        FileSystemInfo at = new DirectoryInfo(root);
        foreach (var part in Encoding.UTF8.GetString(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is ".." || at is not DirectoryInfo || (at.LinkTarget is not null && at.FullName != Path.GetFullPath(root))) return null;
            var full = Path.Combine(at.FullName, part);
            at = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
            if (!at.Exists && at.LinkTarget is null) return null;
        }

        return at;
    }
}
