using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Trees;

namespace EtchStream.Unpack.Verification;

/// <summary>
/// Remembers, while files are put into a partition, what has to be there in the end, so that another reader can be asked whether it is:
/// some 500 bytes an object, its name among them. The later member wins, as with the writer (<see cref="IFileSystemWriter"/>).
/// </summary>
/// <param name="ignoresCase">Whether names that differ in case alone are one, as on FAT.</param>
internal sealed class ExpectedObjects(bool ignoresCase)
{
    private readonly Node _root = new([]);
    private ExpectedObject? _file;
    private uint _digest;

    /// <summary>All paths, relative to the root, with what has to be there.</summary>
    public IEnumerable<(byte[] Path, ExpectedObject Object)> All()
    {
        if (_root.Object is { } root) yield return ([], root);

        // One path, cut and lengthened on the way: a tree can be ten thousands of folders deep.
        var path = new List<byte>();
        var folders = new Stack<(IEnumerator<Node> Children, int Length)>();
        folders.Push((_root.Children.GetEnumerator(), 0));
        while (folders.TryPeek(out var folder))
        {
            path.RemoveRange(folder.Length, path.Count - folder.Length);
            if (!folder.Children.MoveNext())
            {
                folders.Pop();
                continue;
            }

            var node = folder.Children.Current;
            if (path.Count > 0) path.Add((byte)'/');
            path.AddRange(node.Name);
            if (node.Object is { } found) yield return ([.. path], found);
            folders.Push((node.Children.GetEnumerator(), path.Count));
        }
    }

    /// <summary>A file, whose data follows.</summary>
    public void BeginFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns)
    {
        _file = new ExpectedObject { Kind = FileKind.File, Size = size, DataRuns = dataRuns, Attributes = attributes };
        _digest = Castagnoli.Start;
        Put(path, _file);
    }

    /// <summary>Data of the file that was begun.</summary>
    public void Data(ReadOnlySpan<byte> data) => _digest = Castagnoli.Append(_digest, data);

    /// <summary>The file that was begun has all its data.</summary>
    public void EndFile()
    {
        _file?.Digest = _digest;
        _file = null;
    }

    /// <summary>A directory; one that was expected before keeps what is in it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="attributes">Null where those of one that is there are left as they are.</param>
    public void Directory(ReadOnlySpan<byte> path, UnixAttributes? attributes)
    {
        var node = Make(path);
        if (node.Object?.Kind == FileKind.Directory) node.Object.Attributes = attributes ?? node.Object.Attributes;
        else node.Object = new ExpectedObject { Kind = FileKind.Directory, Attributes = attributes };
    }

    /// <summary>A symbolic link.</summary>
    public void SymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes) =>
        Put(path, new ExpectedObject { Kind = FileKind.SymbolicLink, LinkTarget = target.ToArray(), Attributes = attributes });

    /// <summary>A device, a FIFO or a socket.</summary>
    public void Device(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes) =>
        Put(path, new ExpectedObject { Kind = kind, Device = (major, minor), Attributes = attributes });

    /// <summary>A further name, and what the object is given with it; null for nothing.</summary>
    public void HardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes)
    {
        var known = Find(target)?.Object ?? new ExpectedObject();
        // A symbolic link is given the owner only.
        if (attributes is not null) known.Attributes = known.Kind == FileKind.SymbolicLink ? null : attributes;
        known.HasMoreXattrs |= attributes is not null;
        Put(path, known);
    }

    // What gives way takes with it all that was in it.
    private void Put(ReadOnlySpan<byte> path, ExpectedObject expected)
    {
        var node = Make(path);
        node.Clear();
        node.Object = expected;
    }

    private Node? Find(ReadOnlySpan<byte> path)
    {
        var node = _root;
        foreach (var range in path.Split((byte)'/'))
        {
            if (path[range].IsEmpty) continue;
            if (node.Find(Key(path[range])) is not { } child) return null;
            node = child;
        }

        return node;
    }

    private Node Make(ReadOnlySpan<byte> path)
    {
        var node = _root;
        foreach (var range in path.Split((byte)'/'))
        {
            if (!path[range].IsEmpty) node = node.FindOrAdd(Key(path[range]), path[range]);
        }

        return node;
    }

    // Rather two names too many taken for one than one too few: of two that are one, what the first said would be missed on the disk.
    private byte[] Key(ReadOnlySpan<byte> name) => !ignoresCase
        ? name.ToArray()
        : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(name).TrimEnd('.', ' ').ToUpperInvariant());

    /// <summary>A name in a folder; without an object it is a folder that no member brought.</summary>
    private sealed class Node(byte[] name)
    {
        private Dictionary<byte[], Node>? _children;

        public byte[] Name { get; } = name;

        public ExpectedObject? Object { get; set; }

        public IEnumerable<Node> Children => _children?.Values ?? Enumerable.Empty<Node>();

        public void Clear() => _children = null;

        public Node? Find(byte[] key) => _children?.GetValueOrDefault(key);

        public Node FindOrAdd(byte[] key, ReadOnlySpan<byte> name)
        {
            _children ??= new Dictionary<byte[], Node>(ByteNames.Comparer);
            if (_children.TryGetValue(key, out var child)) return child;
            child = new Node(key.AsSpan().SequenceEqual(name) ? key : name.ToArray());
            _children.Add(key, child);
            return child;
        }
    }
}
