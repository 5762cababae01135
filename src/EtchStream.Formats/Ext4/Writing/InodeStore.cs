using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Makes, changes and removes inodes with all that belongs to them: blocks, block maps, extended attributes.</summary>
internal sealed partial class InodeStore
{
    private readonly Ext4Volume _volume;
    private readonly Ext4Superblock _superblock;
    private readonly IDisk _disk;
    private readonly IBlockWriter _writer;
    private readonly BlockAllocator _blocks;
    private readonly InodeAllocator _numbers;
    private readonly InodeTable _table;
    private readonly InodeEditor _editor;
    private readonly ExtentTreeBuilder _extents;
    private readonly IndirectMapBuilder _indirect;

    /// <summary>Maps of inodes made in this run that have blocks of their own: these may still be queued, so they cannot be read back.</summary>
    private readonly Dictionary<uint, BlockMap> _queuedMaps = [];

    public InodeStore(Ext4Volume volume, IDisk disk, IBlockWriter writer)
    {
        _volume = volume;
        _superblock = volume.Superblock;
        _disk = disk;
        _writer = writer;
        _blocks = new BlockAllocator(disk, volume);
        _numbers = new InodeAllocator(disk, volume);
        _table = new InodeTable(disk, volume);
        _editor = new InodeEditor(_superblock);
        _extents = new ExtentTreeBuilder(volume, _blocks, writer);
        _indirect = new IndirectMapBuilder(volume, _blocks, writer);
    }

    /// <summary>Makes the file system larger.</summary>
    /// <param name="blocks">Blocks that it is to have.</param>
    public void Grow(long blocks) => new Growth.Ext4Growth(_volume, _blocks, _numbers, _table, _disk).Run(blocks);

    public long FreeBlocks => _blocks.FreeCount;

    public long FreeInodes => _numbers.FreeCount;

    public IReadOnlyList<string> Warnings
    {
        get
        {
            var lines = new List<string>();
            if (_editor.ClampedTimes > 0) lines.Add($"{_editor.ClampedTimes} modification times lie outside what its inodes can hold and were set to the nearest that they can");
            if (_editor.RoundedTimes > 0) lines.Add($"{_editor.RoundedTimes} modification times lost their fraction of a second, because its inodes have 128 bytes");
            return lines;
        }
    }

    public Ext4Inode Read(uint number) => new(number, _table.Read(number));

    /// <summary>Whether an inode was made in this run.</summary>
    public bool IsNew(uint number) => _numbers.IsNew(number);

    public UnixTime ModificationTime(uint number) => Read(number).ModificationTime;

    public uint CreateFile(UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns, BlockMap map, ReadOnlySpan<byte> path)
    {
        var blockSize = _superblock.BlockSize;
        var limit = _superblock.HasExtents ? ExtentTreeBuilder.MaxLogicalBlocks : _indirect.MaxLogicalBlocks;
        if (size / blockSize >= limit) throw new UnsupportedFormatException("file size", $"{PathText.Of(path)}: a file of {size} bytes is larger than this file system can hold ({limit * (decimal)blockSize} bytes)");
        var taken = new Taken(map, PlaceXattrs(attributes, path));
        try
        {
            AllocateData(size, dataRuns, map);
            var inode = TakeInode(taken, K.TypeFile, attributes);
            InodeEditor.SetSize(inode, size);
            FinishMap(taken.Number, inode, map, taken.XattrBlock);
            Finish(inode, taken);
        }
        catch (Exception e) when (e is OutOfSpaceException or UnsupportedFormatException)
        {
            GiveBack(taken);
            throw;
        }

        if (size > int.MaxValue) _superblock.Raw.FeatureRoCompat = _superblock.Raw.FeatureRoCompat | (uint)Ext4RoCompatFeatures.LargeFile;
        return taken.Number;
    }

    /// <summary>Makes the inode of a directory. Its blocks come with <see cref="SetDirectory"/>.</summary>
    public uint CreateDirectory(UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        var taken = new Taken(new BlockMap(), PlaceXattrs(attributes, path)) { IsDirectory = true };
        try
        {
            var inode = TakeInode(taken, K.TypeDirectory, attributes);
            InodeTable.Layout(inode).LinksCount = 2;
            FinishMap(taken.Number, inode, taken.Map, taken.XattrBlock);
            Finish(inode, taken);
        }
        catch (OutOfSpaceException)
        {
            GiveBack(taken);
            throw;
        }

        return taken.Number;
    }

    public uint CreateSymbolicLink(UnixAttributes attributes, ReadOnlySpan<byte> target, ReadOnlySpan<byte> path)
    {
        // Up to 59 bytes lie where the block map would; the kernel tells the two apart by the size.
        var isFast = target.Length < 60;
        var taken = new Taken(new BlockMap(), PlaceXattrs(attributes, path));
        try
        {
            if (!isFast)
            {
                _blocks.Allocate(0, 1, taken.Map);
                var block = new byte[_superblock.BlockSize];
                target.CopyTo(block);
                _writer.Write(taken.Map.Runs[0].Physical * _superblock.BlockSize, block);
            }

            var inode = TakeInode(taken, K.TypeSymbolicLink, attributes);
            InodeEditor.SetSize(inode, target.Length);
            if (isFast)
            {
                target.CopyTo((Span<byte>)InodeTable.Layout(inode).Block);
                _editor.SetBlockCount(inode, taken.XattrBlock == 0 ? 0 : 1);
            }
            else
            {
                FinishMap(taken.Number, inode, taken.Map, taken.XattrBlock);
            }

            Finish(inode, taken);
        }
        catch (OutOfSpaceException)
        {
            GiveBack(taken);
            throw;
        }

        return taken.Number;
    }

    public uint CreateNode(UnixAttributes attributes, int type, uint major, uint minor, ReadOnlySpan<byte> path)
    {
        var taken = new Taken(new BlockMap(), PlaceXattrs(attributes, path));
        try
        {
            var inode = TakeInode(taken, type, attributes);
            var words = MemoryMarshal.Cast<byte, LE32>((Span<byte>)InodeTable.Layout(inode).Block);
            var (old, @new) = DeviceNumber.Encode(major, minor);
            words[0] = old;
            words[1] = @new;
            _editor.SetBlockCount(inode, taken.XattrBlock == 0 ? 0 : 1);
            Finish(inode, taken);
        }
        catch (OutOfSpaceException)
        {
            GiveBack(taken);
            throw;
        }

        return taken.Number;
    }

    public void AddLink(uint number, ReadOnlySpan<byte> path)
    {
        var links = Read(number).LinkCount;
        if (links >= K.MaxLinks) throw new UnsupportedFormatException("link count", $"{PathText.Of(path)}: a file cannot have more than {K.MaxLinks} names");
        SetLinks(number, links + 1);
    }

    /// <summary>Takes one name away; the last one takes the inode and all its blocks with it.</summary>
    public void RemoveLink(uint number)
    {
        var inode = Read(number);
        if (number < _superblock.FirstInode) throw new CorruptFormatException($"ext4 inode {number}", -1, "a directory names a reserved inode");
        var isDirectory = inode.Kind == FileKind.Directory;
        if (!isDirectory && inode.LinkCount > 1)
        {
            SetLinks(number, inode.LinkCount - 1);
            return;
        }

        FreeXattrs(inode);
        FreeData(inode);
        _numbers.Free(number, isDirectory);
        var bytes = _table.Edit(number);
        bytes.Clear();
        _table.Seal(number, bytes);
    }

    /// <summary>Gives an existing directory new attributes.</summary>
    public void SetDirectoryAttributes(uint number, UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        var inode = Read(number);
        var merged = attributes;
        if (!_numbers.IsNew(number))
        {
            // What the image says and the archive does not, stays; but an ACL belongs to the mode that is replaced.
            var kept = CurrentXattrs(inode).Where(x => !XattrNames.IsAcl(x.Name) && !attributes.Xattrs.Any(a => a.Name.AsSpan().SequenceEqual(x.Name)));
            merged = new UnixAttributes { Mode = attributes.Mode, UserId = attributes.UserId, GroupId = attributes.GroupId, ModificationTime = attributes.ModificationTime, Xattrs = [.. kept, .. attributes.Xattrs] };
        }

        ReplaceXattrs(inode, merged, path);
        var bytes = _table.Edit(number);
        _editor.SetAttributes(bytes, K.TypeDirectory, merged);
        _table.Seal(number, bytes);
    }

    /// <summary>Gives a directory's old blocks back and allocates new ones.</summary>
    /// <returns>Where its blocks have to be written, and the inode's generation, which their checksums depend on.</returns>
    public (BlockMap Map, uint Generation) SetDirectory(DirectoryNode node, int blockCount, bool isIndexed)
    {
        var number = node.Inode;
        var old = Read(number);
        if (!node.IsNew) FreeData(old);
        if (old.HasInlineData)
        {
            // The rest of its inline data lies among the attributes, which are written anew without it.
            ReplaceXattrs(old, new UnixAttributes { Xattrs = CurrentXattrs(old) }, []);
            old = Read(number);
        }

        var map = new BlockMap();
        _blocks.Allocate(0, blockCount, map);
        var inode = _table.Edit(number);
        ref var raw = ref InodeTable.Layout(inode);
        raw.Flags = ((uint)raw.Flags & ~(K.IndexFlag | K.InlineDataFlag | K.ExtentsFlag)) | (isIndexed ? K.IndexFlag : 0);
        raw.LinksCount = (ushort)LinksOf(old.LinkCount, node);
        InodeEditor.SetSize(inode, (long)blockCount * _superblock.BlockSize);
        FinishMap(number, inode, map, old.XattrBlock);
        _table.Seal(number, inode);
        return (map, old.Generation);
    }

    public void Flush()
    {
        _blocks.Flush(_disk);
        _numbers.Flush(_disk);
        _table.Flush();
    }

    private void AllocateData(long size, IReadOnlyList<DataRun>? dataRuns, BlockMap map)
    {
        var blockSize = _superblock.BlockSize;
        if (dataRuns is null)
        {
            if (size > 0) _blocks.Allocate(0, (size + blockSize - 1) / blockSize, map);
            return;
        }

        long next = 0;
        foreach (var run in dataRuns)
        {
            if (run.Length == 0) continue;
            if (run.End > size) throw new ArgumentException("a data run leaves the file", nameof(dataRuns));

            // Two runs that meet inside a block share it.
            var first = Math.Max(next, run.Offset / blockSize);
            var end = (run.End + blockSize - 1) / blockSize;
            if (end <= first) continue;
            _blocks.Allocate(first, end - first, map);
            next = end;
        }
    }

    /// <summary>Allocates the inode and its attribute block, and begins to fill it.</summary>
    private Span<byte> TakeInode(Taken taken, int type, UnixAttributes attributes)
    {
        taken.Number = _numbers.Allocate(taken.IsDirectory);
        taken.XattrBlock = WriteXattrBlock(taken.Xattrs);
        if (taken.XattrBlock != 0 && !taken.IsDirectory) KeepXattrs(taken.Number, attributes.Xattrs);
        var inode = _table.Edit(taken.Number);
        _editor.Initialise(inode, taken.Number, type, attributes);
        return inode;
    }

    private void Finish(Span<byte> inode, Taken taken)
    {
        if (taken.Xattrs is { InInode.Count: > 0 } plan) XattrWriter.WriteInode(plan, inode[(128 + InodeTable.Layout(inode).ExtraSize)..]);
        if (taken.XattrBlock != 0) InodeEditor.SetXattrBlock(inode, taken.XattrBlock);
        _table.Seal(taken.Number, inode);
    }

    /// <summary>Undoes the making of an inode for which there is no room, so that what was made before can still be committed.</summary>
    private void GiveBack(Taken taken)
    {
        foreach (var run in taken.Map.Runs) _blocks.Free(run.Physical, run.Count);
        foreach (var block in taken.Map.MetadataBlocks) _blocks.Free(block, 1);
        if (taken.XattrBlock != 0) _blocks.Free(taken.XattrBlock, 1);
        if (taken.Number == 0) return;
        _queuedMaps.Remove(taken.Number);
        ForgetXattrs(taken.Number);
        _numbers.Free(taken.Number, taken.IsDirectory);
        var bytes = _table.Edit(taken.Number);
        bytes.Clear();
        _table.Seal(taken.Number, bytes);
    }

    private void FinishMap(uint number, Span<byte> inode, BlockMap map, long xattrBlock)
    {
        ref var raw = ref InodeTable.Layout(inode);
        long mapBlocks;
        if (_superblock.HasExtents)
        {
            raw.Flags = (uint)raw.Flags | K.ExtentsFlag;
            mapBlocks = _extents.Build(map, raw.Block, _volume.Checksums.InodeSeed(number, raw.Generation));
        }
        else
        {
            mapBlocks = _indirect.Build(map, raw.Block);
        }

        long dataBlocks = 0;
        foreach (var run in map.Runs) dataBlocks += run.Count;
        if (mapBlocks > 0) _queuedMaps[number] = map;
        _editor.SetBlockCount(inode, dataBlocks + mapBlocks + (xattrBlock == 0 ? 0 : 1));
    }

    private void FreeData(Ext4Inode inode)
    {
        if ((inode.Flags & (K.EncryptFlag | K.VerityFlag)) != 0) throw new UnsupportedFormatException("encrypt or verity", $"inode {inode.Number} is encrypted or sealed by verity and cannot be replaced");
        if (!OwnsBlocks(inode)) return;
        if (!_queuedMaps.Remove(inode.Number, out var map)) map = _volume.ReadMap(inode);
        foreach (var run in map.Runs) _blocks.Free(run.Physical, run.Count);
        foreach (var block in map.MetadataBlocks) _blocks.Free(block, 1);
    }

    private static bool OwnsBlocks(Ext4Inode inode) => inode.Kind switch
    {
        FileKind.File or FileKind.Directory => !inode.HasInlineData,
        FileKind.SymbolicLink => !inode.HasInlineData && (inode.UsesExtents || inode.Size >= 60),
        _ => false,
    };

    private void SetLinks(uint number, int links)
    {
        var bytes = _table.Edit(number);
        InodeTable.Layout(bytes).LinksCount = (ushort)links;
        _table.Seal(number, bytes);
    }

    private int LinksOf(int before, DirectoryNode node)
    {
        // 1 says "more than can be counted", and stays.
        if (before == 1) return 1;
        var links = before + node.LinkDelta;
        if (links < 0) throw new CorruptFormatException($"ext4 directory inode {node.Inode}", -1, $"its link count {before} is less than its subdirectories: run e2fsck -f");
        if (links <= K.MaxLinks) return links;
        if ((_superblock.RoCompat & Ext4RoCompatFeatures.DirectoryLinks) != 0) return 1;
        throw new UnsupportedFormatException("dir_nlink", $"directory inode {node.Inode} would have {links - 2} subdirectories; without the feature dir_nlink at most {K.MaxLinks - 2} can be");
    }

    /// <summary>What an inode in the making has allocated so far.</summary>
    private sealed class Taken(BlockMap map, XattrWriter.Plan? xattrs)
    {
        public BlockMap Map { get; } = map;

        public XattrWriter.Plan? Xattrs { get; } = xattrs;

        public bool IsDirectory { get; init; }

        public uint Number { get; set; }

        public long XattrBlock { get; set; }
    }
}
