using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Layers;

/// <summary>
/// The names that a layer has given so far, kept so that what depends on earlier entries comes out as on an engine's disk: parents
/// that are links or were never listed, names given twice, hard links, and the sum of sizes.
/// </summary>
/// <remarks>
/// Some sixty bytes and the name for each path; contents and most attributes are not kept, and what is kept has its limits. Nodes are
/// indexes, so that the collector has nothing to walk.
/// </remarks>
internal sealed class LayerTree
{
    /// <summary>The layer's root folder.</summary>
    public const int Root = 0;

    /// <summary>No node.</summary>
    public const int None = -1;

    // What an attribute costs beside its bytes.
    private const int XattrOverhead = 100;

    private static readonly UnixAttributes s_nothing = new();

    private readonly LayerLimits _limits;
    private Node[] _nodes = new Node[64];
    private int[] _buckets;
    private int _count = 1;
    private byte[] _names = new byte[4096];
    private int _namesLength;
    private Body[] _bodies = new Body[64];
    private int _bodyCount;
    private readonly List<UnixAttributes> _folders = [];
    private long _xattrBytes;

    /// <summary>Makes the tree of a layer with nothing in it.</summary>
    /// <param name="limits">What is kept at most; null for the usual.</param>
    public LayerTree(LayerLimits? limits = null)
    {
        _limits = limits ?? LayerLimits.Usual;
        _buckets = new int[128];
        Array.Fill(_buckets, None);
        _nodes[Root] = new Node { Kind = FileKind.Directory, Parent = Root, FirstChild = None, NextSibling = None, NextInBucket = None, IsAlive = true };
        _folders.Add(new UnixAttributes { Mode = 0x1ED });
    }

    /// <summary>
    /// What an engine writes as the layer's size: the lengths of all files and symbolic links, each inode once.
    /// </summary>
    /// <exception cref="UnsupportedFormatException">It is more than a number of 64 bits holds: sparse files claim what they like.</exception>
    public long Size
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _bodyCount; i++)
            {
                if (_bodies[i].Links == 0) continue;
                if (_bodies[i].Size > long.MaxValue - sum) throw TooMuch($"its files have more than {long.MaxValue} bytes together");
                sum += _bodies[i].Size;
            }

            return sum;
        }
    }

    /// <summary>
    /// Whether a file with content was taken away again, or a symbolic link by which other entries were given, or a folder on its way: the
    /// layer's tar can then not be rebuilt from what is left.
    /// </summary>
    public bool HasLostContent { get; private set; }

    /// <summary>What a node is.</summary>
    public FileKind KindOf(int node) => _nodes[node].Kind;

    /// <summary>The folder that a node lies in; the root's is the root.</summary>
    public int ParentOf(int node) => _nodes[node].Parent;

    /// <summary>A folder's attributes as they were given last.</summary>
    public UnixAttributes AttributesOf(int folder) => _folders[_nodes[folder].Content];

    /// <summary>A symbolic link's target.</summary>
    public ReadOnlySpan<byte> TargetOf(int link)
    {
        ref var body = ref _bodies[_nodes[link].Content];
        return _names.AsSpan(body.TargetStart, (int)body.Size);
    }

    /// <summary>A node's path, without a slash at either end; empty for the root.</summary>
    public byte[] PathOf(int node)
    {
        var length = 0;
        for (var i = node; i != Root; i = _nodes[i].Parent) length = checked(length + _nodes[i].NameLength + 1);
        if (length == 0) return [];

        // Also a matter of size: each folder of a path that is only implied becomes a member with all of the path to it.
        if (length > LayerPath.MaxLength) throw new CorruptFormatException("layer", -1, $"a path of {length - 1} bytes; Linux takes {LayerPath.MaxLength - 1}, and container engines refuse such a layer too");
        var path = new byte[length - 1];
        var end = path.Length;
        for (var i = node; i != Root; i = _nodes[i].Parent)
        {
            var name = NameOf(i);
            end -= name.Length;
            name.CopyTo(path.AsSpan(end));
            if (end > 0) path[--end] = (byte)'/';
        }

        return path;
    }

    /// <summary>The node of a name in a folder, or <see cref="None"/>.</summary>
    public int Find(int folder, ReadOnlySpan<byte> name)
    {
        var node = FindAny(folder, name);
        return node != None && _nodes[node].IsAlive ? node : None;
    }

    /// <summary>Makes a folder, or gives one that is there new attributes. Anything else of that name goes.</summary>
    /// <param name="parent">The folder that it lies in.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="attributes">All of its attributes.</param>
    public int PutFolder(int parent, ReadOnlySpan<byte> name, UnixAttributes attributes)
    {
        var node = Find(parent, name);
        if (node == None || _nodes[node].Kind != FileKind.Directory)
        {
            node = Put(parent, name, FileKind.Directory, _folders.Count);
            _folders.Add(s_nothing);
        }

        SetAttributes(node, attributes);
        return node;
    }

    /// <summary>Notes by what a name is recorded. That stays with the name, also when what had it was taken away.</summary>
    /// <returns>False where it was noted before.</returns>
    public bool Record(int node, LayerRecords records)
    {
        ref var slot = ref _nodes[node];
        if ((slot.Records & records) != 0) return false;
        slot.Records |= records;
        return true;
    }

    /// <summary>Notes that the way of other entries leads over this link or folder, which they do not name.</summary>
    public void MarkFollowed(int node) => _nodes[node].IsFollowed = true;

    /// <summary>The node of a name, whether anything has the name or not: <see cref="Record"/> goes by names as they are spelled, also below a symbolic link.</summary>
    public int SlotOf(int parent, ReadOnlySpan<byte> name)
    {
        var node = FindAny(parent, name);
        return node == None ? AddNode(parent, name) : node;
    }

    /// <summary>Whether a node is the other one, or lies in it.</summary>
    public bool IsWithin(int node, int folder)
    {
        while (node != folder && node != Root) node = _nodes[node].Parent;
        return node == folder;
    }

    /// <summary>Gives a folder new attributes.</summary>
    /// <exception cref="UnsupportedFormatException">All folders' extended attributes together are more than is kept.</exception>
    public void SetAttributes(int folder, UnixAttributes attributes)
    {
        var place = _nodes[folder].Content;
        _xattrBytes += CostOf(attributes) - CostOf(_folders[place]);
        if (_xattrBytes > _limits.XattrBytes) throw TooMuch($"its folders have more than {_limits.XattrBytes >> 20} MiB of extended attributes");
        _folders[place] = attributes;
    }

    /// <summary>Makes anything but a folder. What has the name already goes, with all that is in it.</summary>
    /// <param name="parent">The folder.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="size">Bytes of a file's content.</param>
    /// <param name="target">Target of a symbolic link.</param>
    public int PutObject(int parent, ReadOnlySpan<byte> name, FileKind kind, long size = 0, ReadOnlySpan<byte> target = default)
    {
        var start = _namesLength;
        if (kind == FileKind.SymbolicLink)
        {
            size = target.Length;
            AddName(target);
        }

        if (_bodyCount == _bodies.Length) Array.Resize(ref _bodies, checked(_bodies.Length * 2));
        _bodies[_bodyCount] = new Body { Size = size, Links = 1, TargetStart = start };
        var node = Put(parent, name, kind, _bodyCount++);
        _nodes[node].HasContent = kind == FileKind.File && size > 0;
        return node;
    }

    /// <summary>Gives what is no folder a further name.</summary>
    public void PutHardLink(int parent, ReadOnlySpan<byte> name, int target)
    {
        var (kind, body) = (_nodes[target].Kind, _nodes[target].Content);
        _bodies[body].Links++;
        Put(parent, name, kind, body);
    }

    /// <summary>Takes a name away, and for a folder all that is in it.</summary>
    public void Remove(int node)
    {
        // By hand, not by recursion: how deep folders lie is the layer's choice.
        var pending = new Stack<int>();
        pending.Push(node);
        while (pending.TryPop(out var next))
        {
            ref var dead = ref _nodes[next];
            if (!dead.IsAlive) continue;
            dead.IsAlive = false;
            HasLostContent |= dead.HasContent || dead.IsFollowed;
            if (dead.Kind != FileKind.Directory)
            {
                _bodies[dead.Content].Links--;
                continue;
            }

            // Taken out of the list, so that a folder that comes and goes costs what is put into it, and not each time all it ever held.
            for (var child = dead.FirstChild; child != None; child = _nodes[child].NextSibling)
            {
                _nodes[child].IsInFolder = false;
                pending.Push(child);
            }

            dead.FirstChild = None;
        }
    }

    private int Put(int parent, ReadOnlySpan<byte> name, FileKind kind, int content)
    {
        if (name.Length > LayerPath.MaxPartLength) throw new UnsupportedFormatException("long file name", $"the name {PathText.Of(name)} has {name.Length} bytes; Linux takes {LayerPath.MaxPartLength}");
        var existing = Find(parent, name);
        if (existing != None) Remove(existing);
        var node = SlotOf(parent, name);
        ref var slot = ref _nodes[node];
        if (!slot.IsInFolder)
        {
            slot.NextSibling = _nodes[parent].FirstChild;
            _nodes[parent].FirstChild = node;
            slot.IsInFolder = true;
        }

        slot.Kind = kind;
        slot.Content = content;
        slot.IsAlive = true;
        slot.HasContent = false;
        slot.IsFollowed = false;
        return node;
    }

    // A name that was taken away keeps its node for the next one to have it; what lay in a folder of that name stays dead.
    private int FindAny(int folder, ReadOnlySpan<byte> name)
    {
        for (var i = _buckets[Bucket(folder, name)]; i != None; i = _nodes[i].NextInBucket)
        {
            if (_nodes[i].Parent == folder && NameOf(i).SequenceEqual(name)) return i;
        }

        return None;
    }

    private int AddNode(int parent, ReadOnlySpan<byte> name)
    {
        if (_count > _limits.Paths) throw TooMuch($"it has more than {_limits.Paths} paths");
        if (_count == _nodes.Length) Grow();
        var start = _namesLength;
        AddName(name);
        var bucket = Bucket(parent, name);
        _nodes[_count] = new Node
        {
            Parent = parent,
            NameStart = start,
            NameLength = (byte)name.Length,
            FirstChild = None,
            NextSibling = None,
            NextInBucket = _buckets[bucket],
        };
        _buckets[bucket] = _count;
        return _count++;
    }

    private void AddName(ReadOnlySpan<byte> name)
    {
        if (name.Length > _limits.NameBytes - _namesLength) throw TooMuch($"its names and the targets of its symbolic links have more than {_limits.NameBytes >> 20} MiB");
        var end = _namesLength + name.Length;
        if (end > _names.Length) Array.Resize(ref _names, Math.Max(end, (int)Math.Min(_names.Length * 2L, Array.MaxLength)));
        name.CopyTo(_names.AsSpan(_namesLength));
        _namesLength = end;
    }

    private void Grow()
    {
        Array.Resize(ref _nodes, checked(_nodes.Length * 2));
        _buckets = new int[_nodes.Length * 2];
        Array.Fill(_buckets, None);
        for (var i = 1; i < _count; i++)
        {
            var bucket = Bucket(_nodes[i].Parent, NameOf(i));
            _nodes[i].NextInBucket = _buckets[bucket];
            _buckets[bucket] = i;
        }
    }

    // .NET's hash is seeded for each process, so that no layer can be made to put all its names into one bucket.
    private int Bucket(int folder, ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.Add(folder);
        hash.AddBytes(name);
        return hash.ToHashCode() & (_buckets.Length - 1);
    }

    private static long CostOf(UnixAttributes attributes)
    {
        long bytes = 0;
        foreach (var xattr in attributes.Xattrs) bytes += xattr.Name.Length + xattr.Value.Length + XattrOverhead;
        return bytes;
    }

    private static UnsupportedFormatException TooMuch(string problem) => new("layer of unusual size", $"the layer is not taken: {problem}");

    private ReadOnlySpan<byte> NameOf(int node) => _names.AsSpan(_nodes[node].NameStart, _nodes[node].NameLength);

    private struct Node
    {
        public int Parent;
        public int NameStart;
        public int NextInBucket;
        public int FirstChild;
        public int NextSibling;

        /// <summary>Index of a folder's attributes, or of anything else's body.</summary>
        public int Content;
        public byte NameLength;
        public FileKind Kind;
        public bool IsAlive;
        public LayerRecords Records;

        /// <summary>Whether an entry's content went here, and not to another name of the same inode.</summary>
        public bool HasContent;
        public bool IsFollowed;

        /// <summary>Whether it is in its folder's list of children, dead or alive.</summary>
        public bool IsInFolder;
    }

    private struct Body
    {
        public long Size;
        public int Links;
        public int TargetStart;
    }
}
