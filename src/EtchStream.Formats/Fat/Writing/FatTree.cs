using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>The directories that this run touches, found by path.</summary>
internal sealed class FatTree
{
    private readonly FatVolume _volume;
    private readonly ClusterAllocator _clusters;
    private readonly IBlockWriter _writer;
    private readonly FatDirectory _root;

    /// <summary>Directories in memory by their first cluster, the root among them.</summary>
    private readonly Dictionary<uint, FatDirectory> _directories = [];

    /// <summary>All clusters of directories that were read: a chain that comes to one of them belongs to two.</summary>
    private readonly HashSet<uint> _read = [];

    /// <summary>The last parent that was looked up: entries of one folder come one behind the other.</summary>
    private byte[]? _lastPath;
    private FatDirectory? _lastDirectory;

    public FatTree(FatVolume volume, ClusterAllocator clusters, IBlockWriter writer)
    {
        _volume = volume;
        _clusters = clusters;
        _writer = writer;
        _root = Read(null, volume.Info.Bits == 32 ? volume.Info.RootCluster : null, "FAT root directory");
    }

    /// <summary>A name in a directory, and what has it now.</summary>
    public readonly record struct Place(FatDirectory Parent, string Name, FatObject? Existing);

    /// <summary>Looks a path up without making anything.</summary>
    /// <returns>False for the root.</returns>
    public bool TryFind(ReadOnlySpan<byte> path, out Place? place)
    {
        place = null;
        if (!TrySplit(path, out var parentPath, out var name)) return false;
        var text = FatName.Parse(name, path);
        if (FindParent(parentPath, default, create: false, path) is { } parent) place = new Place(parent, text, parent.Find(text, out _));
        return true;
    }

    /// <summary>Finds the place of a new object, and makes its parent where that is missing.</summary>
    /// <returns>False for the root.</returns>
    public bool TryPrepare(ReadOnlySpan<byte> path, UnixTime time, out Place place)
    {
        place = default;
        if (!TrySplit(path, out var parentPath, out var name)) return false;
        var text = FatName.Parse(name, path);
        var parent = FindParent(parentPath, time, create: true, path)!;
        place = new Place(parent, text, FindForWriting(parent, text, path));
        return true;
    }

    /// <summary>The directory that an object is.</summary>
    public FatDirectory Open(FatDirectory parent, FatObject item)
    {
        if (item.Directory is not null) return item.Directory;
        return item.Directory = Read(parent, _volume.FirstCluster(parent[item]), What(item));
    }

    /// <summary>Adds an object. Nothing is changed when there is no room.</summary>
    /// <param name="place">Where; nothing has the name.</param>
    /// <param name="slot">All of its slot but name and clusters.</param>
    /// <param name="clusters">Clusters that the caller takes for it afterwards, or that <paramref name="isDirectory"/> takes now.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    /// <param name="path">The path, for messages.</param>
    public FatObject Add(Place place, FatDirectorySlot slot, long clusters, bool isDirectory, ReadOnlySpan<byte> path)
    {
        var parent = place.Parent;
        var count = FatDirectory.SlotsOf(place.Name);
        var first = parent.FindFree(count);
        var growth = Growth(parent, first + count, path);
        EnsureFree(clusters + growth, _clusters.FreeCount);
        for (var i = 0; i < growth; i++) parent.Clusters.Add(_clusters.Extend(parent.Clusters[^1]));
        if (!isDirectory) return parent.Add(place.Name, first, slot);

        slot.FirstCluster = _clusters.Allocate(1)[0].First;
        var item = parent.Add(place.Name, first, slot);
        item.Directory = FatDirectory.New(parent, slot.FirstCluster, slot);
        _directories.Add(slot.FirstCluster, item.Directory);
        return item;
    }

    /// <summary>Fails when there is no room.</summary>
    public void EnsureFree(long clusters, long free)
    {
        if (clusters <= free) return;
        var (needed, available) = (clusters * _volume.Info.ClusterSize, free * _volume.Info.ClusterSize);
        throw new OutOfSpaceException($"the file system is full: {needed} more bytes are needed for this object, {available} bytes are free", needed, available);
    }

    /// <summary>Takes an object away with all that is in it. A directory of the volume has to be empty.</summary>
    public void Remove(FatDirectory parent, FatObject item, ReadOnlySpan<byte> path)
    {
        if ((parent[item].Attributes & K.Directory) == 0)
        {
            FreeFile(parent, item);
        }
        else
        {
            var directory = Open(parent, item);
            if (directory.Count > 0 && !directory.IsNew) throw new UnsafePathException(PathText.Of(path), "it is a folder of the image that is not empty; only a folder can take its place");
            RemoveTree(directory);
        }

        parent.Remove(item);
    }

    /// <summary>Counts the clusters of a file, and looks whether all are its own.</summary>
    public long CountClusters(FatDirectory parent, FatObject item)
    {
        long count = 0;
        var first = _volume.FirstCluster(parent[item]);
        if (first != 0 && !_volume.Table.IsCluster(first)) throw new CorruptFormatException(What(item), -1, $"it begins at cluster {first}, which cannot be: run fsck.vfat on the partition");
        for (var cluster = first; cluster != 0; cluster = _volume.Table.Next(cluster, What(item)))
        {
            _clusters.EnsureOwner(cluster, item.GivenName is not null, What(item));
            if (_read.Contains(cluster)) throw new CorruptFormatException(What(item), -1, $"its chain leads to cluster {cluster}, which belongs to a directory: run fsck.vfat on the partition");
            if (++count > _volume.Info.ClusterCount) throw new CorruptFormatException(What(item), -1, "its chain runs in a circle: run fsck.vfat on the partition");
        }

        return count;
    }

    /// <summary>Gives the clusters of a file back.</summary>
    public void FreeFile(FatDirectory parent, FatObject item)
    {
        CountClusters(parent, item);
        _clusters.FreeChain(_volume.FirstCluster(parent[item]), What(item));
    }

    /// <summary>Writes every directory that changed.</summary>
    public IEnumerable<int> Commit()
    {
        var info = _volume.Info;
        foreach (var directory in _directories.Values.Where(d => d.IsDirty).OrderBy(d => d.FirstCluster).ToList())
        {
            var size = directory.Clusters.Count == 0 ? info.RootEntries * K.SlotSize : info.ClusterSize;
            foreach (var step in directory.Write(_writer, info.ClusterOffset, size, info.FixedRootOffset)) yield return step;
        }
    }

    /// <summary>What an object is called in messages.</summary>
    public static string What(FatObject item) => $"FAT entry {FatVolume.Show(item.Name)}";

    private FatDirectory Read(FatDirectory? parent, uint? firstCluster, string what)
    {
        var slots = _volume.ReadSlots(firstCluster, what, out var clusters);
        foreach (var cluster in clusters)
        {
            _clusters.EnsureOwner(cluster, isOwn: false, what);
            if (!_read.Add(cluster)) throw new CorruptFormatException(what, -1, $"its cluster {cluster} belongs to another directory too: run fsck.vfat on the partition");
        }

        var directory = FatDirectory.Existing(parent, clusters, slots, what);
        _directories.Add(directory.FirstCluster, directory);
        return directory;
    }

    /// <summary>Clusters by which a directory has to grow to hold so many slots.</summary>
    private int Growth(FatDirectory directory, int slots, ReadOnlySpan<byte> path)
    {
        if (directory.Clusters.Count == 0)
        {
            var entries = _volume.Info.RootEntries;
            if (slots <= entries) return 0;
            throw new OutOfSpaceException(
                $"the root folder of a FAT{_volume.Info.Bits} file system has a fixed size, here {entries} entries, and is full (a long name takes several): put the files into a folder, or make the file system with more (mkfs.vfat -r)",
                slots,
                entries);
        }

        if (slots > K.MaxSlots) throw new UnsupportedFormatException("folder size", $"{PathText.Of(path)}: the folder is full: on FAT it has at most {K.MaxSlots} entries, and a long name takes several; put files into further folders");
        var perCluster = _volume.Info.ClusterSize / K.SlotSize;
        return Math.Max(0, ((slots + perCluster - 1) / perCluster) - directory.Clusters.Count);
    }

    /// <remarks>The depth is the archive's choice, so the way back is kept in a list and not on the stack.</remarks>
    private void RemoveTree(FatDirectory top)
    {
        _lastDirectory = null;
        var waiting = new Stack<FatDirectory>();
        waiting.Push(top);
        while (waiting.TryPop(out var directory))
        {
            foreach (var item in directory.Objects)
            {
                // Directories of this run are all in memory until the end.
                if (item.Directory is not null) waiting.Push(item.Directory);
                else FreeFile(directory, item);
            }

            _directories.Remove(directory.FirstCluster);
            _read.ExceptWith(directory.Clusters);
            _clusters.Free(directory.Clusters);
        }
    }

    /// <summary>Splits a path into that of the directory and the last part.</summary>
    /// <returns>False for the root.</returns>
    private static bool TrySplit(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> name)
    {
        parent = path;
        do
        {
            parent = parent.TrimEnd((byte)'/');
            var slash = parent.LastIndexOf((byte)'/');
            name = parent[(slash + 1)..];
            parent = parent[..(slash + 1)];
        }
        while (name.SequenceEqual("."u8));

        return !name.IsEmpty;
    }

    private FatDirectory? FindParent(ReadOnlySpan<byte> parentPath, UnixTime time, bool create, ReadOnlySpan<byte> path)
    {
        if (_lastDirectory is not null && parentPath.SequenceEqual(_lastPath)) return _lastDirectory;
        var directory = _root;
        foreach (var range in parentPath.Split((byte)'/'))
        {
            var part = parentPath[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            var name = FatName.Parse(part, path);
            var item = create ? FindForWriting(directory, name, path) : directory.Find(name, out _);
            if (item is null)
            {
                if (!create) return null;
                item = Add(new Place(directory, name, null), NewSlot.Of(K.Directory, time), 1, isDirectory: true, path);
            }
            else if ((directory[item].Attributes & K.Directory) == 0)
            {
                throw new UnsafePathException(PathText.Of(path), $"{PathText.Of(part)} is not a folder");
            }

            directory = Open(directory, item);
        }

        _lastPath = parentPath.ToArray();
        _lastDirectory = directory;
        return directory;
    }

    private static FatObject? FindForWriting(FatDirectory directory, string name, ReadOnlySpan<byte> path)
    {
        var found = directory.Find(name, out var alike);
        if (found is null && alike is not null)
        {
            throw new UnsupportedFormatException("file name", $"{PathText.Of(path)}: {FatVolume.Show(name)} differs from {FatVolume.Show(alike)}, which is there, only in the case of letters beyond ASCII: these are two names for Linux and one for others; give it another name");
        }

        return found;
    }
}
