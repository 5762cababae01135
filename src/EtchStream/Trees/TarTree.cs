using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>
/// The files of a tar archive, by an index that one pass over it makes: some hundred bytes an entry. Names are cleaned as on
/// extraction, of two entries of one name the later one counts.
/// </summary>
internal sealed class TarTree : IFileTree
{
    /// <summary>The most entries that are taken.</summary>
    public const int MaxEntries = 8_000_000;

    private readonly Node _root = new(FileKind.Directory);
    private readonly IRandomReader _archive;
    private readonly IDisposable _owner;

    private TarTree(IRandomReader archive, IDisposable owner, string name)
    {
        _archive = archive;
        _owner = owner;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Reads an archive's headers.</summary>
    /// <param name="archive">The archive, uncompressed.</param>
    /// <param name="owner">Is disposed with the tree.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CorruptFormatException">It is no tar archive, or a truncated one.</exception>
    public static async Task<TarTree> OpenAsync(FileDisk archive, IDisposable owner, string name, CancellationToken cancellationToken)
    {
        var tree = new TarTree(archive, owner, name);
        await using var source = new StreamByteSource(new ReadStream((offset, buffer) => ReadFrom(archive, offset, buffer), archive.Length), 1 << 20);
        var reader = new TarReader(source);
        for (var count = 0; await reader.ReadEntryAsync(cancellationToken).ConfigureAwait(false) is { } entry; count++)
        {
            if (count == MaxEntries) throw new UnsupportedFormatException("large archive", $"{name}: it has more than {MaxEntries} entries");
            tree.Add(entry, source.Position);
        }

        return tree;
    }

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path) => FindNode(path) is { } node ? new TreeEntry(node.Kind, node.Size, node.LinkTarget, node) { Attributes = node.Attributes } : null;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path) => FindNode(path)?.Children is { } children ? [.. children.Keys] : [];

    /// <inheritdoc/>
    public Stream Open(TreeEntry file)
    {
        var node = (Node)file.Handle;
        return new ReadStream(node.Runs is null ? (offset, buffer) => ReadPlain(node, offset, buffer) : (offset, buffer) => ReadSparse(node, offset, buffer), node.Size);
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();

    private static int ReadFrom(FileDisk archive, long offset, Span<byte> buffer)
    {
        archive.Read(offset, buffer);
        return buffer.Length;
    }

    private int ReadPlain(Node node, long offset, Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, node.Size - offset);
        _archive.Read(node.Offset + offset, buffer[..count]);
        return count;
    }

    private int ReadSparse(Node node, long offset, Span<byte> buffer)
    {
        var place = node.Offset;
        foreach (var run in node.Runs!)
        {
            if (offset < run.Offset)
            {
                var zeros = (int)Math.Min(buffer.Length, run.Offset - offset);
                buffer[..zeros].Clear();
                return zeros;
            }

            if (offset < run.End)
            {
                var count = (int)Math.Min(buffer.Length, run.End - offset);
                _archive.Read(place + offset - run.Offset, buffer[..count]);
                return count;
            }

            place += run.Length;
        }

        var rest = (int)Math.Min(buffer.Length, node.Size - offset);
        buffer[..rest].Clear();
        return rest;
    }

    private void Add(TarEntry entry, long position)
    {
        var path = ArchiveNames.Clean(entry.Name);
        if (path.Length == 0) return;
        var node = entry.Kind switch
        {
            FileKind.HardLink => FindNode(ArchiveNames.Clean(entry.LinkName)) ?? throw new CorruptFormatException(Name, entry.HeaderOffset, $"the hard link {PathText.Of(path)} leads to nothing before it"),
            FileKind.SymbolicLink => new Node(entry.Kind) { LinkTarget = entry.LinkName, Attributes = AttributesOf(entry) },
            FileKind.File => new Node(entry.Kind) { Size = entry.Size, Offset = position, Runs = entry.DataRuns, Attributes = AttributesOf(entry) },
            _ => new Node(entry.Kind) { Attributes = AttributesOf(entry) },
        };
        var parent = _root;
        var slash = path.AsSpan().LastIndexOf((byte)'/');
        if (slash >= 0) parent = Folder(path.AsSpan(0, slash));
        var name = path[(slash + 1)..];
        if (entry.Kind == FileKind.Directory && parent.Children!.TryGetValue(name, out var there) && there.Kind == FileKind.Directory)
        {
            there.Attributes = node.Attributes;
            return;
        }

        parent.Children![name] = node;
    }

    private static UnixAttributes AttributesOf(TarEntry entry) => new() { Mode = entry.Mode, UserId = unchecked((uint)entry.UserId), GroupId = unchecked((uint)entry.GroupId), ModificationTime = entry.ModificationTime };

    // What stands in the way of a folder gives way to it; a link in the way would be one on extraction too, and is not followed here.
    private Node Folder(ReadOnlySpan<byte> path)
    {
        var at = _root;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range].ToArray();
            if (!at.Children!.TryGetValue(part, out var next) || next.Kind != FileKind.Directory) at.Children[part] = next = new Node(FileKind.Directory);
            at = next;
        }

        return at;
    }

    private Node? FindNode(ReadOnlySpan<byte> path)
    {
        var at = _root;
        foreach (var range in path.Split((byte)'/'))
        {
            if (path[range].IsEmpty) continue;
            if (at.Children is null || !at.Children.TryGetValue(path[range].ToArray(), out var next)) return null;
            at = next;
        }

        return at;
    }

    private sealed class Node(FileKind kind)
    {
        public FileKind Kind => kind;

        public long Size { get; init; }

        public long Offset { get; init; }

        public IReadOnlyList<DataRun>? Runs { get; init; }

        public byte[]? LinkTarget { get; init; }

        public UnixAttributes? Attributes { get; set; }

        public SortedDictionary<byte[], Node>? Children { get; } = kind == FileKind.Directory ? new(ByteNames.Comparer) : null;
    }
}
