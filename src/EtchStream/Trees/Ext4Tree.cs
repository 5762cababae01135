using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>The files of an ext2, ext3 or ext4 file system, without mounting it.</summary>
/// <remarks>
/// It remembers directories, since a store's layers are looked into file by file: those of the last hundred thousand names or so, and for as
/// long again what was used in between. So a folder with more entries than that is not read anew for each of them.
/// </remarks>
internal sealed class Ext4Tree : IFileTree
{
    private const int MaxRememberedNames = 100_000;

    private readonly Ext4Volume _volume;
    private Dictionary<uint, Dictionary<byte[], uint>> _directories = [];
    private Dictionary<uint, Dictionary<byte[], uint>> _olderDirectories = [];
    private int _rememberedNames;

    /// <summary>Opens the file system that fills a partition.</summary>
    /// <param name="partition">The partition's bytes; has to live as long as the tree.</param>
    /// <param name="name">What messages call it.</param>
    public Ext4Tree(IRandomReader partition, string name)
    {
        _volume = Ext4Volume.Open(partition);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path)
    {
        if (FindInode(path) is not { } inode) return null;
        var kind = inode.Kind;
        return new TreeEntry(kind, kind == FileKind.File ? inode.Size : 0, kind == FileKind.SymbolicLink ? _volume.ReadSymbolicLink(inode) : null, inode)
        {
            Attributes = new UnixAttributes { Mode = inode.Mode, UserId = inode.UserId, GroupId = inode.GroupId, ModificationTime = inode.ModificationTime },
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path)
    {
        if (FindInode(path) is not { Kind: FileKind.Directory } directory) return [];
        var names = Names(directory).Keys.ToArray();
        Array.Sort(names, ByteNames.Comparer);
        return names;
    }

    /// <inheritdoc/>
    public Stream Open(TreeEntry file)
    {
        var reader = _volume.OpenFile((Ext4Inode)file.Handle);
        return new ReadStream(reader.Read, reader.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Ext4Inode? FindInode(ReadOnlySpan<byte> path)
    {
        var inode = _volume.Root;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty) continue;
            if (inode.Kind != FileKind.Directory || !Names(inode).GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(part, out var found)) return null;
            inode = _volume.ReadInode(found);
        }

        return inode;
    }

    private Dictionary<byte[], uint> Names(Ext4Inode directory)
    {
        if (_directories.TryGetValue(directory.Number, out var names)) return names;
        if (!_olderDirectories.Remove(directory.Number, out names))
        {
            names = new Dictionary<byte[], uint>(ByteNames.Comparer);

            // Of two entries of one name the first is the one that a lookup finds.
            foreach (var entry in _volume.ReadDirectory(directory)) names.TryAdd(entry.Name, entry.Inode);
        }

        if (_rememberedNames > MaxRememberedNames)
        {
            _olderDirectories = _directories;
            _directories = [];
            _rememberedNames = 0;
        }

        _directories.Add(directory.Number, names);
        _rememberedNames += names.Count + 1;
        return names;
    }
}
