using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>The directories that this run touches, found by path and never through a symbolic link.</summary>
internal sealed class DirectoryTree
{
    private static readonly UnixAttributes ParentDefaults = new() { Mode = 0x1ED };
    private readonly Ext4Volume _volume;
    private readonly InodeStore _inodes;
    private readonly DirectoryWriter _writer;
    private readonly Dictionary<uint, DirectoryNode> _nodes = [];

    /// <summary>The last parent that was looked up: entries of one folder come one behind the other.</summary>
    private byte[] _lastPath = new byte[256];
    private int _lastLength;
    private DirectoryNode? _lastNode;

    public DirectoryTree(Ext4Volume volume, InodeStore inodes, IBlockWriter writer)
    {
        _volume = volume;
        _inodes = inodes;
        _writer = new DirectoryWriter(volume, writer);
    }

    /// <summary>A free name in a directory, ready to take an inode.</summary>
    public readonly ref struct Place(DirectoryNode directory, ReadOnlySpan<byte> name)
    {
        private readonly ReadOnlySpan<byte> _name = name;

        public void Add(uint inode, byte type)
        {
            directory.Add(_name, inode, type);
            directory.IsDirty = true;
        }
    }

    /// <summary>Finds the parent, makes it where it is missing, and removes what has the name now.</summary>
    public Place PrepareName(ReadOnlySpan<byte> path, UnixTime time)
    {
        if (!TrySplit(path, time, create: true, out var parent, out var name)) throw new UnsafePathException(PathText.Of(path), "the root of the file system cannot be replaced");
        var index = parent!.Find(name);
        if (index >= 0) Remove(parent, index, path);
        return new Place(parent, name);
    }

    public void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        if (!TrySplit(path, attributes.ModificationTime, create: true, out var parent, out var name))
        {
            KeepInlineEntries(K.RootInode, K.RootInode);
            _inodes.SetDirectoryAttributes(K.RootInode, attributes, path);
            return;
        }

        var index = parent!.Find(name);
        if (index >= 0)
        {
            var inode = parent.At(index).Inode;
            switch (_inodes.Read(inode).Kind)
            {
                case FileKind.Directory:
                    KeepInlineEntries(inode, parent.Inode);
                    _inodes.SetDirectoryAttributes(inode, attributes, path);
                    return;
                case FileKind.SymbolicLink when !_inodes.IsNew(inode):
                    // Replacing /lib -> usr/lib of the image by a folder would leave a system that does not boot.
                    throw new UnsafePathException(PathText.Of(path), "it is a symbolic link; a folder cannot take its place");
                default:
                    Remove(parent, index, path);
                    break;
            }
        }

        AddDirectory(parent, name, attributes, path);
    }

    /// <summary>Inline entries lie among the attributes, which are about to be written anew: such a directory is taken into memory first, and gets blocks.</summary>
    private void KeepInlineEntries(uint inode, uint parent)
    {
        if (_inodes.Read(inode).HasInlineData) Load(inode, parent).IsDirty = true;
    }

    /// <summary>Finds an object that is to get a further name.</summary>
    public (uint Inode, byte Type) FindForLink(ReadOnlySpan<byte> target, ReadOnlySpan<byte> path)
    {
        if (!TryFind(target, out var inode)) throw new CorruptFormatException($"hard link {PathText.Of(path)}", -1, $"its target {PathText.Of(target)} does not exist");
        var kind = _inodes.Read(inode).Kind;
        if (kind == FileKind.Directory) throw new UnsafePathException(PathText.Of(path), $"its target {PathText.Of(target)} is a directory, which can have one name only");
        return (inode, DirectoryParser.TypeOf(kind));
    }

    /// <summary>Whether an existing path leads through a directory, so that it is gone when the directory is.</summary>
    public bool LeadsThrough(ReadOnlySpan<byte> path, uint directory)
    {
        if (!TrySplit(path, default, create: false, out var node, out _)) return false;
        while (node is not null && node.Inode != K.RootInode)
        {
            if (node.Inode == directory) return true;
            _nodes.TryGetValue(node.Parent, out node);
        }

        return false;
    }

    /// <summary>Looks a path up without making anything.</summary>
    public bool TryFind(ReadOnlySpan<byte> path, out uint inode)
    {
        inode = 0;
        if (!TrySplit(path, default, create: false, out var parent, out var name))
        {
            inode = K.RootInode;
            return true;
        }

        if (parent is null) return false;
        var index = parent.Find(name);
        if (index < 0) return false;
        inode = parent.At(index).Inode;
        return true;
    }

    /// <summary>Writes every directory that changed, in the order of their inodes.</summary>
    public IEnumerable<int> Commit()
    {
        foreach (var node in _nodes.Values.Where(n => n.IsDirty).OrderBy(n => n.Inode).ToList())
        {
            var layout = _writer.Plan(node);
            var (map, generation) = _inodes.SetDirectory(node, layout.BlockCount, layout.IsIndexed);
            foreach (var step in _writer.Write(node, layout, map, generation)) yield return step;
            node.IsDirty = false;
        }
    }

    private DirectoryNode AddDirectory(DirectoryNode parent, ReadOnlySpan<byte> name, UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        var inode = _inodes.CreateDirectory(attributes, path);
        var node = new DirectoryNode(inode, parent.Inode, isNew: true);
        _nodes.Add(inode, node);
        parent.Add(name, inode, DirectoryParser.TypeOf(FileKind.Directory));
        parent.LinkDelta++;
        parent.IsDirty = true;
        return node;
    }

    private void Remove(DirectoryNode parent, int index, ReadOnlySpan<byte> path)
    {
        var inode = parent.At(index).Inode;
        if (_inodes.Read(inode).Kind == FileKind.Directory)
        {
            var node = Load(inode, parent.Inode);
            if (node.Count > 0 && !node.IsNew) throw new UnsafePathException(PathText.Of(path), "it is a folder of the image that is not empty; only a folder can take its place");
            RemoveTree(node);
            parent.LinkDelta--;
        }
        else
        {
            _inodes.RemoveLink(inode);
        }

        parent.RemoveAt(index);
        parent.IsDirty = true;
    }

    /// <summary>
    /// Removes a directory with all that is in it, which is of this run like the directory itself: a directory of the image is
    /// empty here. (A name in it may be a further one of a file of the image, which then only loses that name.)
    /// </summary>
    /// <remarks>The depth is the archive's choice, so the way back is kept in a list and not on the stack.</remarks>
    private void RemoveTree(DirectoryNode top)
    {
        _lastNode = null;
        var waiting = new Stack<DirectoryNode>();
        waiting.Push(top);
        while (waiting.TryPop(out var node))
        {
            for (var i = 0; i < node.Capacity; i++)
            {
                var inode = node.At(i).Inode;
                if (inode == 0) continue;

                // Directories of this run are all in memory until the end.
                if (_nodes.TryGetValue(inode, out var child)) waiting.Push(child);
                else _inodes.RemoveLink(inode);
            }

            _nodes.Remove(node.Inode);
            _inodes.RemoveLink(node.Inode);
        }
    }

    /// <summary>Splits a path into the directory that holds it and its last part.</summary>
    /// <returns>False for the root. The parent is null when it does not exist and was not to be made.</returns>
    private bool TrySplit(ReadOnlySpan<byte> path, UnixTime time, bool create, out DirectoryNode? parent, out ReadOnlySpan<byte> name)
    {
        parent = null;
        if (!PathParts.TrySplit(path, out var parentPath, out name)) return false;
        EnsureName(name, path);
        parent = FindParent(parentPath, time, create, path);
        return true;
    }

    private DirectoryNode? FindParent(ReadOnlySpan<byte> parentPath, UnixTime time, bool create, ReadOnlySpan<byte> path)
    {
        if (_lastNode is not null && parentPath.SequenceEqual(_lastPath.AsSpan(0, _lastLength))) return _lastNode;
        var node = Load(K.RootInode, K.RootInode);
        foreach (var range in parentPath.Split((byte)'/'))
        {
            var part = parentPath[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            EnsureName(part, path);
            var index = node.Find(part);
            if (index < 0)
            {
                if (!create) return null;
                node = AddDirectory(node, part, new UnixAttributes { Mode = ParentDefaults.Mode, ModificationTime = time }, path);
                continue;
            }

            var inode = node.At(index).Inode;
            if (!_nodes.ContainsKey(inode)) EnsureDirectory(inode, part, path);
            node = Load(inode, node.Inode);
        }

        Remember(parentPath, node);
        return node;
    }

    private void Remember(ReadOnlySpan<byte> parentPath, DirectoryNode node)
    {
        if (parentPath.Length > _lastPath.Length) _lastPath = new byte[parentPath.Length * 2];
        parentPath.CopyTo(_lastPath);
        _lastLength = parentPath.Length;
        _lastNode = node;
    }

    private void EnsureDirectory(uint inode, ReadOnlySpan<byte> part, ReadOnlySpan<byte> path)
    {
        var kind = _inodes.Read(inode).Kind;
        if (kind == FileKind.SymbolicLink) throw new UnsafePathException(PathText.Of(path), $"it leads through the symbolic link {PathText.Of(part)}, which is never followed");
        if (kind != FileKind.Directory) throw new UnsafePathException(PathText.Of(path), $"{PathText.Of(part)} is not a folder");
    }

    private static void EnsureName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> path)
    {
        if (name.SequenceEqual(".."u8)) throw new UnsafePathException(PathText.Of(path), "a path with .. is refused");
        if (name.Contains((byte)0)) throw new UnsafePathException(PathText.Of(path), "a name with a NUL byte is refused");
        if (name.Length > K.MaxNameLength) throw new UnsupportedFormatException("name length", $"{PathText.Of(path)}: a name has {name.Length} bytes; at most {K.MaxNameLength} can be");
    }

    private DirectoryNode Load(uint inode, uint parent)
    {
        if (_nodes.TryGetValue(inode, out var node)) return node;
        node = new DirectoryNode(inode, parent, isNew: false);
        var loading = node;
        _volume.VisitDirectory(_inodes.Read(inode), (name, number, type) =>
        {
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) return;

            // Without the filetype feature the type is not kept; it is looked up where it matters.
            if (loading.Find(name) >= 0) throw new CorruptFormatException($"ext4 directory inode {inode}", -1, $"it holds the name {PathText.Of(name)} twice: run e2fsck -f");
            loading.Add(name, number, type);
        });
        _nodes.Add(inode, node);
        return node;
    }
}
