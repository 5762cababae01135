using System.Text;

namespace EtchStream.TestKit;

/// <summary>
/// All objects of a directory tree, seen through the kernel. Two manifests that do not differ mean that no program could tell
/// the trees apart, but for inode numbers, change and access times and the storage that is used.
/// </summary>
public sealed class TreeManifest
{
    private readonly Dictionary<string, TreeEntry> _byPath;

    internal TreeManifest(List<TreeEntry> entries)
    {
        _byPath = new Dictionary<string, TreeEntry>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries) _byPath.Add(Key(entry.Path), entry);
        Entries = entries;
    }

    /// <summary>The objects, the root first.</summary>
    public IReadOnlyList<TreeEntry> Entries { get; }

    /// <summary>Reads the tree under <paramref name="folder"/>; other file systems mounted in it are left out.</summary>
    public static TreeManifest Read(string folder) => TreeReader.Read(folder);

    /// <summary>Reads the folder itself and nothing in it.</summary>
    public static TreeEntry ReadRoot(string folder) => TreeReader.ReadRoot(folder);

    /// <summary>Reads the folder and what lies directly in it.</summary>
    public static TreeManifest ReadFlat(string folder) => TreeReader.ReadFlat(folder);

    /// <summary>What differs, one readable line each, in order of path; empty when nothing does.</summary>
    /// <param name="expected">The tree as it should be.</param>
    /// <param name="actual">The tree as it is.</param>
    /// <param name="options">What to leave out; null for nothing but lost+found.</param>
    public static IReadOnlyList<string> Diff(TreeManifest expected, TreeManifest actual, TreeDiffOptions? options = null) =>
        new TreeDiff(options ?? new TreeDiffOptions()).Compare(expected, actual);

    /// <summary>The object at a path, or null.</summary>
    public TreeEntry? Find(ReadOnlySpan<byte> path) => _byPath.GetValueOrDefault(Key(path));

    /// <summary>The object at a path, or null.</summary>
    public TreeEntry? Find(string path) => Find(Encoding.UTF8.GetBytes(path));

    // One char for one byte: the only text form in which no two paths fall together, and whose ordinal order is byte order.
    internal static string Key(ReadOnlySpan<byte> path) => Encoding.Latin1.GetString(path);
}
