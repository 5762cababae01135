using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.Fat.Writing;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>
/// Writes files into an existing FAT12, FAT16 or FAT32 volume that is not mounted. Directories are kept in memory and written by
/// <see cref="Commit"/>; file content goes to the places that <see cref="CreateFile"/> answers.
/// </summary>
/// <remarks>
/// Names are those of Linux's vfat: an object is found by its long or its 8.3 name, letters of ASCII in any case. What is replaced
/// keeps its names, attributes and creation time. Owners and modes are not kept, but that a file which nobody may write is
/// read-only; times have two seconds. Nothing depends on the clock or on chance: the same calls on the same volume give the same bytes.
/// </remarks>
public sealed class FatWriter : IFileSystemWriter
{
    private readonly FatVolume _volume;
    private readonly IDisk _partition;
    private readonly FreeSpaceHint _hint;
    private readonly ClusterAllocator _clusters;
    private readonly FatTree _tree;
    private readonly FatWarnings _warnings = new();

    private FatWriter(FatVolume volume, IDisk partition, IBlockWriter writer)
    {
        _volume = volume;
        _partition = partition;
        _hint = FreeSpaceHint.Read(volume);
        _clusters = new ClusterAllocator(volume, _hint.NextCluster);
        _tree = new FatTree(volume, _clusters, writer);
    }

    /// <inheritdoc/>
    public int BlockSize => _volume.Info.ClusterSize;

    /// <summary>Bytes that are still free.</summary>
    public long FreeBytes => _clusters.FreeCount * BlockSize;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => _warnings.Lines();

    /// <summary>Opens the volume that fills a partition for writing.</summary>
    /// <param name="partition">The partition, for everything that has a fixed place on it; read back at once.</param>
    /// <param name="writer">Takes the directories, in the same queue as the file content that the caller writes, so that their order is kept.</param>
    /// <exception cref="UnsupportedFormatException">It is in a state in which writing could do damage.</exception>
    /// <exception cref="CorruptFormatException">It breaks its own format.</exception>
    public static FatWriter Open(IDisk partition, IBlockWriter writer)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(writer);
        var volume = FatVolume.Open(partition, partition);
        FatWriteCheck.EnsureWritable(volume);
        return new FatWriter(volume, partition, writer);
    }

    /// <summary>Opens the volume for a caller that writes content straight to the partition.</summary>
    public static FatWriter Open(IDisk partition) => Open(partition, partition);

    /// <inheritdoc/>
    public IReadOnlyList<FileRun> CreateFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns = null)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        EnsureNoXattrs(attributes, path);
        if (size > uint.MaxValue) throw new UnsupportedFormatException("file size", $"{PathText.Of(path)}: a file of {size} bytes is larger than FAT can hold ({uint.MaxValue} bytes, 4 GiB less one)");
        if (!_tree.TryPrepare(path, attributes.ModificationTime, out var place)) throw new UnsafePathException(PathText.Of(path), "the root of the file system cannot be replaced");
        EnsureSameCase(place, isDirectory: false, path);

        // There are no holes on FAT: what is not data is zeros on the disk.
        var runs = Place(place, attributes, size, path);
        _warnings.Time(attributes.ModificationTime);
        var places = new FileRun[runs.Count];
        long offset = 0;
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = new FileRun(offset, _volume.Info.ClusterOffset(runs[i].First), (long)runs[i].Count * BlockSize);
            offset += places[i].Length;
        }

        return places;
    }

    /// <inheritdoc/>
    public void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        EnsureNoXattrs(attributes, path);

        // The root has no entry of its own, and so no time.
        if (!_tree.TryPrepare(path, attributes.ModificationTime, out var place)) return;
        EnsureSameCase(place, isDirectory: true, path);
        _warnings.Time(attributes.ModificationTime);
        if (place.Existing is { } existing)
        {
            if (IsDirectory(place.Parent, existing))
            {
                NewSlot.SetTime(ref place.Parent.Change(existing), attributes.ModificationTime);
                return;
            }

            _tree.Remove(place.Parent, existing, path);
        }

        _tree.Add(place, NewSlot.Of(K.Directory, attributes.ModificationTime), 1, isDirectory: true, path);
    }

    /// <inheritdoc/>
    public void EnsureDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        if (!_tree.TryFind(path, out var place)) return;
        if (place is not { Existing: { } existing } found) CreateDirectory(path, attributes);
        else if (!IsDirectory(found.Parent, existing)) throw new UnsafePathException(PathText.Of(path), "it is not a folder, and a folder is needed");
    }

    /// <inheritdoc/>
    public void CreateSymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes) =>
        throw new UnsupportedFormatException("symbolic link", $"{PathText.Of(path)}: a FAT file system holds no symbolic links; bring the file itself");

    /// <inheritdoc/>
    public void CreateHardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null) =>
        throw new UnsupportedFormatException("hard link", $"{PathText.Of(path)}: a FAT file system holds no hard links; bring a copy of {PathText.Of(target)}");

    /// <inheritdoc/>
    public void CreateNode(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes) =>
        throw new UnsupportedFormatException("device node", $"{PathText.Of(path)}: a FAT file system holds no devices, pipes or sockets; leave it out");

    /// <inheritdoc/>
    public byte[]? TryReadFile(ReadOnlySpan<byte> path, int maxLength)
    {
        if (!_tree.TryFind(path, out var place)) throw new UnsafePathException(PathText.Of(path), "it is not a regular file");
        if (place is not { Existing: { } existing } found) return null;
        if (IsDirectory(found.Parent, existing)) throw new UnsafePathException(PathText.Of(path), "it is not a regular file");
        ref readonly var slot = ref found.Parent[existing];
        if (slot.Size > (uint)maxLength) throw new UnsupportedFormatException("file size", $"{PathText.Of(path)}: it has {(uint)slot.Size} bytes, and at most {maxLength} are read");
        var content = new byte[slot.Size];
        new FatFileReader(_volume, _volume.FirstCluster(slot), slot.Size, FatTree.What(existing)).Read(0, content);
        return content;
    }

    /// <inheritdoc/>
    public IEnumerable<int> Commit()
    {
        foreach (var step in _tree.Commit()) yield return step;
        _volume.Table.Flush();
        _hint.Write(_partition, _clusters.FreeCount, _clusters.LastTaken);
        yield return 0;
    }

    private static bool IsDirectory(FatDirectory parent, FatObject item) => (parent[item].Attributes & K.Directory) != 0;

    /// <summary>Makes or replaces a file's entry and takes its clusters.</summary>
    private List<ClusterRun> Place(FatTree.Place place, UnixAttributes attributes, long size, ReadOnlySpan<byte> path)
    {
        var count = (size + BlockSize - 1) / BlockSize;
        var (parent, item) = (place.Parent, place.Existing);
        if (item is not null && IsDirectory(parent, item))
        {
            _tree.Remove(parent, item, path);
            item = null;
        }

        if (item is null)
        {
            item = _tree.Add(place, NewSlot.Of(K.Archive, attributes.ModificationTime), count, isDirectory: false, path);
        }
        else
        {
            _tree.EnsureFree(count, _clusters.FreeCount + _tree.CountClusters(parent, item));
            _tree.FreeFile(parent, item);
            _warnings.Kept(place.Name, item.Name);
        }

        item.GivenName = place.Name;
        var runs = _clusters.Allocate(count);
        ref var slot = ref parent.Change(item);
        slot.FirstCluster = runs.Count > 0 ? runs[0].First : 0;
        slot.Size = (uint)size;
        slot.Attributes = (byte)((slot.Attributes & ~K.ReadOnly) | K.Archive | ((attributes.Mode & 0x92) == 0 ? K.ReadOnly : 0));
        NewSlot.SetTime(ref slot, attributes.ModificationTime);
        return runs;
    }

    private static void EnsureNoXattrs(UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        if (attributes.Xattrs.Count == 0) return;
        throw new UnsupportedFormatException("extended attributes", $"{PathText.Of(path)}: it has the extended attribute {PathText.Of(attributes.Xattrs[0].Name)}, and a FAT file system holds none; remove it from the source");
    }

    /// <summary>Two files of an archive must not become one. Folders may: nothing is lost by that.</summary>
    private static void EnsureSameCase(FatTree.Place place, bool isDirectory, ReadOnlySpan<byte> path)
    {
        if (place.Existing is not { GivenName: { } given } existing || string.Equals(given, place.Name, StringComparison.Ordinal)) return;
        if (isDirectory && IsDirectory(place.Parent, existing)) return;
        throw new UnsupportedFormatException("file name", $"{PathText.Of(path)}: the archive brings {FatVolume.Show(given)} as well, and FAT makes no difference between the two names; give one another name");
    }
}
