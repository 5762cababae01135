using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Sources;

namespace EtchStream.Pack.Layers;

/// <summary>
/// Turns a layer's tar entries into the members that make its <c>diff</c> folder, as an engine would have unpacked them there: whiteouts
/// become devices, opaque marks an attribute, links on the way are followed inside the layer, and what an engine refuses is refused.
/// </summary>
/// <param name="diff">The folder <c>diff</c>, which the caller makes.</param>
internal sealed class LayerTranslator(InjectTarget diff)
{
    // PATH_MAX, less the closing NUL.
    private const int MaxTargetLength = 4095;

    private readonly LayerTree _tree = new();
    private readonly List<TarEntry> _members = [];
    private LayerWalk? _walk;
    private byte[] _lastFolders = [];
    private int _lastFolder = LayerTree.Root;
    private bool _lastFolderHasLinks;
    private bool _hasLinks;
    private bool _isRepeated;

    /// <summary>What the last entry becomes: folders on its way that the layer never listed, and then itself, if it becomes anything.</summary>
    public IReadOnlyList<TarEntry> Members => _members;

    /// <summary>Whether the last entry's content is that of the last of <see cref="Members"/>.</summary>
    public bool TakesContent { get; private set; }

    /// <summary>The name by which tar-split records the last entry; null where it must not: all names for it are recorded already.</summary>
    /// <remarks>
    /// The entry's own, unless an engine, which looks for it from outside of the layer and takes no name twice, would not find the
    /// content by that. Content without a name has to be kept as it stands in the tar.
    /// </remarks>
    public byte[]? RecordName { get; private set; }

    /// <summary>Whether the layer's tar can be rebuilt: not where a file with content, or a link on the way to one, was replaced later on.</summary>
    public bool CanReplay => !_tree.HasLostContent;

    /// <summary>Bytes of all files and symbolic links, as an engine counts them.</summary>
    public long Size => _tree.Size;

    private LayerWalk Walk => _walk ??= new LayerWalk(_tree);

    /// <summary>Takes the next entry.</summary>
    /// <exception cref="CorruptFormatException">An entry that engines refuse.</exception>
    /// <exception cref="UnsafePathException">A path that climbs out of the layer.</exception>
    /// <exception cref="UnsupportedFormatException">What Linux cannot hold.</exception>
    public void Translate(TarEntry entry)
    {
        _members.Clear();
        TakesContent = false;
        RecordName = entry.Name;
        _isRepeated = _hasLinks = false;
        Walk.Begin();
        var path = LayerPath.Clean(entry.Name);
        if (path.Length == 0)
        {
            TranslateRoot(entry);
            return;
        }

        var slash = path.AsSpan().LastIndexOf((byte)'/');
        var folder = Parent(slash < 0 ? default : path.AsSpan(0, slash), path, entry.ModificationTime);
        var name = path.AsSpan(slash + 1);
        if (WhiteoutName.IsMark(name))
        {
            TranslateMark(entry, folder, name, path);
            if (_isRepeated) RecordName = null;
            return;
        }

        Place(entry, folder, name, path);
        RecordName = NameToRecord(entry, _tree.Find(folder, name), path);
    }

    private byte[]? NameToRecord(TarEntry entry, int node, byte[] path)
    {
        var spelled = _hasLinks ? Spelled(path) : node;
        _isRepeated = !_tree.Record(spelled, LayerRecords.Entry);
        if (!TakesContent && _isRepeated) return null;
        if (TakesContent && (Walk.LeftRoot || _isRepeated || LayerPath.Climbs(entry.Name))) return _tree.Record(node, LayerRecords.Rooted) ? [(byte)'/', .. _tree.PathOf(node)] : null;
        if (entry.Name[0] == '/') _tree.Record(spelled, LayerRecords.Rooted);
        return entry.Name;
    }

    /// <summary>The node of a path as it is spelled, without following any link: two records may not be spelled alike, wherever they lead.</summary>
    private int Spelled(ReadOnlySpan<byte> path)
    {
        var node = LayerTree.Root;
        foreach (var range in path.Split((byte)'/')) node = path[range].IsEmpty ? node : _tree.SlotOf(node, path[range]);
        return node;
    }

    private void TranslateRoot(TarEntry entry)
    {
        // Engines (moby 20.10 was tried) pass over "./", whatever it is, and apply "/". The time harms nobody: the alternative is that of the unpacking.
        var isAbsolute = entry.Name[0] == '/';
        if (!_tree.Record(LayerTree.Root, LayerRecords.Entry)) RecordName = null;
        if (entry.Kind != FileKind.Directory)
        {
            if (isAbsolute) throw LayerWalk.Refused(entry.Name, "it is the layer's root, and no folder");
            return;
        }

        var before = _tree.AttributesOf(LayerTree.Root);
        SetFolder(LayerTree.Root, isAbsolute ? LayerAttributes.Merge(before, LayerAttributes.Of(entry)) : LayerAttributes.WithTime(before, entry.ModificationTime));
    }

    private void TranslateMark(TarEntry entry, int folder, ReadOnlySpan<byte> mark, byte[] path)
    {
        if (WhiteoutName.IsOpaque(mark))
        {
            _isRepeated = !_tree.Record(_hasLinks ? Spelled(path.AsSpan(0, Math.Max(path.Length - mark.Length - 1, 0))) : folder, LayerRecords.Opaque);
            SetFolder(folder, LayerAttributes.Opaque(_tree.AttributesOf(folder)));
            return;
        }

        var hidden = WhiteoutName.Hidden(mark);
        if (hidden.IsEmpty || hidden.SequenceEqual("."u8) || hidden.SequenceEqual(".."u8)) throw LayerWalk.Refused(path, "a whiteout that names no file");
        if (_tree.Find(folder, hidden) != LayerTree.None) throw LayerWalk.Refused(path, "a whiteout of what the same layer holds");
        var node = _tree.PutObject(folder, hidden, FileKind.CharacterDevice);
        _isRepeated = !_tree.Record(_hasLinks ? _tree.SlotOf(Spelled(path.AsSpan(0, Math.Max(path.Length - mark.Length - 1, 0))), hidden) : node, LayerRecords.Whiteout);
        var attributes = LayerAttributes.Of(entry);
        Add(node, FileKind.CharacterDevice, new UnixAttributes { UserId = attributes.UserId, GroupId = attributes.GroupId, ModificationTime = attributes.ModificationTime });
    }

    private void Place(TarEntry entry, int folder, ReadOnlySpan<byte> name, byte[] path)
    {
        // A folder that was found by its path may be what is replaced now.
        var existing = _tree.Find(folder, name);
        if (existing != LayerTree.None && !(entry.Kind == FileKind.Directory && _tree.KindOf(existing) == FileKind.Directory)) _lastFolders = [];
        var attributes = LayerAttributes.Of(entry);
        switch (entry.Kind)
        {
            case FileKind.Directory:
                if (existing != LayerTree.None && _tree.KindOf(existing) == FileKind.Directory) attributes = LayerAttributes.Merge(_tree.AttributesOf(existing), attributes);
                SetFolder(_tree.PutFolder(folder, name, attributes), attributes);
                break;
            case FileKind.HardLink:
                PlaceHardLink(entry, folder, name, path);
                break;
            case FileKind.SymbolicLink:
                if (entry.LinkName.Length > MaxTargetLength) throw LayerWalk.Refused(path, $"a symbolic link with a target of {entry.LinkName.Length} bytes, where Linux takes {MaxTargetLength}");
                Add(_tree.PutObject(folder, name, entry.Kind, target: entry.LinkName), entry.Kind, attributes, entry);
                break;
            default:
                Add(_tree.PutObject(folder, name, entry.Kind, entry.Size), entry.Kind, attributes, entry);
                TakesContent = entry.ContentLength > 0;
                break;
        }
    }

    private void PlaceHardLink(TarEntry entry, int folder, ReadOnlySpan<byte> name, byte[] path)
    {
        // An engine joins the target to its root, so that neither a slash in front nor ".." leads out.
        var target = LayerPath.Clean([(byte)'/', .. entry.LinkName]);
        var slash = target.AsSpan().LastIndexOf((byte)'/');
        Walk.Begin();
        var targetFolder = Walk.Find(slash < 0 ? default : target.AsSpan(0, slash), path);
        var node = targetFolder == LayerTree.None ? LayerTree.None : _tree.Find(targetFolder, target.AsSpan(slash + 1));
        var shown = PathText.Of(entry.LinkName);
        if (target.Length == 0 || node == LayerTree.None) throw LayerWalk.Refused(path, $"it is a hard link to {shown}, which the layer does not hold before it");
        if (_tree.KindOf(node) == FileKind.Directory) throw LayerWalk.Refused(path, $"it is a hard link to the folder {shown}");
        var existing = _tree.Find(folder, name);
        if (existing == node) throw LayerWalk.Refused(path, "it is a hard link to itself");
        if (existing != LayerTree.None && _tree.IsWithin(node, existing)) throw LayerWalk.Refused(path, $"it is a hard link to {shown}, which it takes away");
        var linkName = diff.Name(_tree.PathOf(node));
        _tree.PutHardLink(folder, name, node);

        // An engine gives the file what this entry says, and adds its attributes to those that are there; so does unpack. A capability that
        // the entry does not repeat is lost there, by the change of owner; here it stays, as whoever made the layer meant it.
        var attributes = LayerAttributes.Of(entry, _tree.KindOf(node));
        _members.Add(new TarEntry
        {
            Name = diff.Name(_tree.PathOf(_tree.Find(folder, name))),
            Kind = FileKind.HardLink,
            LinkName = linkName,
            Mode = attributes.Mode,
            UserId = attributes.UserId,
            GroupId = attributes.GroupId,
            ModificationTime = attributes.ModificationTime,
            Xattrs = attributes.Xattrs,
        });
    }

    /// <summary>The folder of an entry; where the layer never listed it, it is made as an engine makes it.</summary>
    private int Parent(ReadOnlySpan<byte> folders, byte[] path, UnixTime time)
    {
        if (folders.IsEmpty) return LayerTree.Root;
        if (folders.SequenceEqual(_lastFolders))
        {
            _hasLinks = _lastFolderHasLinks;
            return _lastFolder;
        }

        var node = LayerTree.Root;
        foreach (var range in folders.Split((byte)'/'))
        {
            var next = Walk.Enter(node, folders[range], path);
            if (next == LayerTree.None)
            {
                var attributes = LayerAttributes.Implied(_tree.AttributesOf(node), time);
                next = _tree.PutFolder(node, folders[range], attributes);
                SetFolder(next, attributes);
            }

            node = next;
        }

        _hasLinks = Walk.HasFollowed;

        // One that was reached through such a link is not kept: who comes by it has to know.
        if (!Walk.LeftRoot)
        {
            _lastFolders = folders.ToArray();
            _lastFolder = node;
            _lastFolderHasLinks = _hasLinks;
        }

        return node;
    }

    private void SetFolder(int folder, UnixAttributes attributes)
    {
        _tree.SetAttributes(folder, attributes);
        Add(folder, FileKind.Directory, attributes);
    }

    private void Add(int node, FileKind kind, UnixAttributes attributes, TarEntry? entry = null) => _members.Add(new TarEntry
    {
        Name = diff.Name(_tree.PathOf(node)),
        Kind = kind,
        LinkName = kind == FileKind.SymbolicLink ? entry!.LinkName : [],
        Mode = attributes.Mode,
        UserId = attributes.UserId,
        GroupId = attributes.GroupId,
        ModificationTime = attributes.ModificationTime,
        DeviceMajor = entry?.DeviceMajor ?? 0,
        DeviceMinor = entry?.DeviceMinor ?? 0,
        Size = kind == FileKind.File ? entry!.Size : 0,
        DataRuns = kind == FileKind.File ? entry!.DataRuns : null,
        Xattrs = attributes.Xattrs,
    });
}
