using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Partitions.Growth;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack.Growth;

/// <summary>
/// Sees to it that there is room for what comes next: when blocks or inodes of the last partition run out, the image grows, and with it
/// the partition and its file system. How much will come in all nobody knows beforehand; so it grows in steps, none of which is larger
/// than the room that is left over in the end.
/// </summary>
internal sealed class RoomKeeper
{
    private const long MinStep = 16 << 20;
    private const int InodeStep = 1000;
    private const int EntryOverhead = 16;

    /// <summary>More than any file system holds, and little enough to count with: a header may claim any length.</summary>
    private const long MaxContent = 1L << 60;

    private readonly IDisk _disk;
    private readonly PartitionTable _table;
    private readonly GrowOptions _options;
    private readonly Dictionary<SpliceTarget, Room> _rooms = [];
    private PartitionGrowth? _growth;
    private SpliceTarget? _target;
    private bool _isBegun;

    /// <param name="disk">The image; one that is not extensible never grows.</param>
    /// <param name="table">Its table.</param>
    /// <param name="options">Whether and how much.</param>
    public RoomKeeper(IDisk disk, PartitionTable table, GrowOptions options)
    {
        _disk = disk;
        _table = table;
        _options = options;
    }

    /// <summary>What has grown, with its size before; null where nothing has.</summary>
    public GrownPartition? Grown => _growth is null ? null : new GrownPartition(_growth.Partition.Number, _growth.Partition.Length, _growth.PartitionLength(_disk.Length));

    /// <summary>Which partition has to be given its final size before anything goes into it; null for none.</summary>
    public Partition? FixedTarget => _options.ImageSize is null ? null : _table.Partitions.Where(p => !p.IsExtended).MaxBy(p => p.Start);

    /// <summary>Gives the image the size that was asked for.</summary>
    /// <exception cref="OutOfSpaceException">It is larger already.</exception>
    /// <exception cref="UnsupportedFormatException">It cannot grow.</exception>
    public void GrowToFixedSize(SpliceTarget target)
    {
        if (_options.ImageSize is not { } size) return;
        if (size < _disk.Length) throw new OutOfSpaceException($"the image has {_disk.Length} bytes, and is to have {size}; it can only grow, --grow auto or none takes it as it is", _disk.Length, size);
        if (size == _disk.Length) return;
        if (target.Writer is not IGrowableFileSystem fileSystem) throw new UnsupportedFormatException("growth", $"{target.Name}: a file system of type {target.FileSystem.Kind} cannot be grown, only ext2, ext3 and ext4");
        _growth = PartitionGrowth.Of(_table, target.Partition, _disk.Length);
        _target = target;
        Extend(target, fileSystem, size);
    }

    /// <summary>Makes room for a member.</summary>
    public void Ensure(SpliceTarget target, TarEntry entry)
    {
        if (!IsOn(target, out var fileSystem)) return;
        var room = RoomOf(target);
        var blockSize = fileSystem.BlockSize;

        // Folders on its way that no member brings: those that were made for the members before it are among the inodes that are gone,
        // and those that will be made for it are no more than its path has slashes.
        var name = entry.Name.AsSpan().TrimEnd((byte)'/');
        var folders = name.Count((byte)'/');
        room.OwedToFolders += Math.Max(0, room.FreeInodes - 1 - fileSystem.FreeInodes) * blockSize;

        // Its blocks, those of its map, and one for its attributes.
        var content = ContentBlocks(entry, blockSize);
        var needed = (content + (content / 64) + 4 + folders) * blockSize;
        room.OwedToFolders += entry.Kind == FileKind.Directory ? blockSize : 0;
        room.OwedToFolders += 2L * (EntryOverhead + name.Length - name.LastIndexOf((byte)'/'));
        if (fileSystem.FreeBytes < needed + room.OwedToFolders || fileSystem.FreeInodes <= EntryOverhead + folders)
        {
            Grow(target, fileSystem, needed + room.OwedToFolders, Step(fileSystem), InodeStep + folders);
        }

        room.FreeInodes = fileSystem.FreeInodes;
    }

    /// <summary>The blocks that a member's content takes: of a sparse file each that holds any of its data.</summary>
    private static long ContentBlocks(TarEntry entry, int blockSize)
    {
        if (entry.DataRuns is not { } runs) return Math.Min(MaxContent, entry.Kind == FileKind.File ? entry.ContentLength : entry.LinkName.Length) / blockSize;
        long count = 0;
        long next = 0;
        foreach (var run in runs)
        {
            var first = Math.Max(next, run.Offset / blockSize);
            next = Math.Max(next, ((run.End - 1) / blockSize) + 1);
            count += next - first;
        }

        return Math.Min(MaxContent / blockSize, count);
    }

    /// <summary>Leaves the room that is asked for, where something had to grow.</summary>
    public void EnsureHeadroom()
    {
        if (_target is null || !IsOn(_target, out var fileSystem)) return;

        // What is owed is twice what folders take at most; at the end half of it goes on top of the headroom.
        var owed = RoomOf(_target).OwedToFolders;
        Grow(_target, fileSystem, owed / 2, Math.Max(owed - (owed / 2), Headroom(fileSystem)), EntryOverhead);
    }

    /// <summary>Writes the partition table for the final size.</summary>
    public void Finish() => _growth?.Finish(_disk);

    /// <summary>Why there was no room, as far as more than the file system's own size is to blame.</summary>
    public OutOfSpaceException Explain(OutOfSpaceException error, SpliceTarget target)
    {
        var reason = target.Writer is not IGrowableFileSystem ? "a FAT file system does not grow; bring less, or make its partition larger"
            : !_options.IsAllowed ? "--grow none forbids it to grow"
            : _options.ImageSize is not null ? "--grow fixes its size"
            : RoomOf(target).WhyNot ?? RoomOf(target).Limit;
        return reason is null ? error : new OutOfSpaceException($"{error.Message}; {reason}", error.Needed, error.Available, error);
    }

    private bool IsOn(SpliceTarget target, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IGrowableFileSystem? fileSystem)
    {
        fileSystem = target.Writer as IGrowableFileSystem;
        return _options is { IsAllowed: true, ImageSize: null } && fileSystem is not null && _disk is IExtensibleDisk && RoomOf(target).WhyNot is null;
    }

    private Room RoomOf(SpliceTarget target)
    {
        if (!_rooms.TryGetValue(target, out var room)) _rooms.Add(target, room = new Room());
        return room;
    }

    private long Step(IGrowableFileSystem fileSystem) => Math.Max(Math.Min(MinStep, Headroom(fileSystem) / 2), Headroom(fileSystem) / 4);

    private long Headroom(IGrowableFileSystem fileSystem)
    {
        var used = (fileSystem.BlockCount * fileSystem.BlockSize) - fileSystem.FreeBytes;
        return _options.Headroom ?? Math.Max(GrowOptions.DefaultBytes, used / 100 * GrowOptions.DefaultPercent);
    }

    /// <summary>Grows, by what is wanted beside what is needed only as far as there is room for that.</summary>
    private void Grow(SpliceTarget target, IGrowableFileSystem fileSystem, long neededBytes, long wantedBytes, long freeInodes)
    {
        var blocks = fileSystem.BlocksFor(neededBytes + wantedBytes, freeInodes);
        try
        {
            // The file system's own limit is told when something does not fit, not because of the room that is to be left.
            if (blocks > fileSystem.MaxBlockCount)
            {
                blocks = fileSystem.MaxBlockCount;
                RoomOf(target).WhyNot = $"it can be grown to {blocks * (decimal)fileSystem.BlockSize} bytes and no further; make it anew with mke2fs -E resize=";
            }

            if (blocks <= fileSystem.BlockCount) return;

            // It throws for all partitions but the last one: there are never two that grow.
            var growth = _target == target ? _growth! : PartitionGrowth.Of(_table, target.Partition, _disk.Length);
            var length = growth.DiskLength(blocks * fileSystem.BlockSize);
            var needed = Math.Min(blocks, fileSystem.BlocksFor(neededBytes, freeInodes));
            var limit = ((IExtensibleDisk)_disk).MaxLengthFor(growth.DiskLength(needed * fileSystem.BlockSize));
            if (length > limit)
            {
                RoomOf(target).Limit = $"the output holds {limit} bytes and no more";
                length = limit;
            }

            if (length <= _disk.Length) return;
            (_growth, _target) = (growth, target);
            Extend(target, fileSystem, length);
        }
        catch (Exception e) when (e is UnsupportedFormatException or OutOfSpaceException)
        {
            // It may be enough as it is; and if not, that is what there is to say.
            RoomOf(target).WhyNot = e.Message;
        }
    }

    private void Extend(SpliceTarget target, IGrowableFileSystem fileSystem, long diskLength)
    {
        if (diskLength > _disk.Length) ((IExtensibleDisk)_disk).SetLength(diskLength);
        if (!_isBegun) _growth!.Begin(_disk);
        _isBegun = true;
        var length = _growth!.PartitionLength(_disk.Length);
        target.Disk.Extend(length);
        target.ContentWriter.Extend(length);
        fileSystem.Grow(Math.Min(length / fileSystem.BlockSize, fileSystem.MaxBlockCount));
    }

    /// <summary>What is known of one partition.</summary>
    private sealed class Room
    {
        /// <summary>Bytes that folders will take, whose blocks are taken only at the end.</summary>
        public long OwedToFolders { get; set; }

        /// <summary>Inodes that were free before the last member was created.</summary>
        public long FreeInodes { get; set; }

        /// <summary>Why it cannot grow, or no further; null where nothing is known to be in the way.</summary>
        public string? WhyNot { get; set; }

        /// <summary>What keeps it from growing as far as it should; null where nothing does.</summary>
        public string? Limit { get; set; }
    }
}

/// <summary>A partition that became larger.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Before">Bytes before.</param>
/// <param name="After">Bytes after.</param>
public sealed record GrownPartition(int Number, long Before, long After);
