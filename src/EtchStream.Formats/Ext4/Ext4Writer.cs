using EtchStream.Formats.Ext4.Writing;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>
/// Writes files into an existing ext2, ext3 or ext4 file system that is not mounted. Metadata is kept in memory and written by
/// <see cref="Commit"/>; file content goes to the places that <see cref="CreateFile"/> answers.
/// </summary>
/// <remarks>
/// The journal, the resize inode and the orphan file are never touched. Nothing depends on the clock or on chance: the same
/// calls on the same file system give the same bytes.
/// </remarks>
public sealed class Ext4Writer : IFileSystemWriter, IGrowableFileSystem
{
    private readonly Ext4Volume _volume;
    private readonly InodeStore _inodes;
    private readonly DirectoryTree _tree;

    private Ext4Writer(Ext4Volume volume, IDisk partition, IBlockWriter writer)
    {
        _volume = volume;
        _inodes = new InodeStore(volume, partition, writer);
        _tree = new DirectoryTree(volume, _inodes, writer);
        Partition = partition;
    }

    /// <inheritdoc/>
    public int BlockSize => _volume.Superblock.BlockSize;

    /// <summary>Bytes that are still free, those reserved for the superuser included.</summary>
    public long FreeBytes => _inodes.FreeBlocks * BlockSize;

    /// <summary>Inodes that are still free.</summary>
    public long FreeInodes => _inodes.FreeInodes;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => _inodes.Warnings;

    /// <summary>Blocks of the file system.</summary>
    public long BlockCount => _volume.Superblock.BlockCount;

    /// <summary>The most blocks that <see cref="Grow"/> can give it.</summary>
    public long MaxBlockCount => Growth.GrowthLimits.MaxBlocks(_volume.Superblock);

    private IDisk Partition { get; }

    private bool _isGrown;

    /// <summary>Opens the file system that fills a partition for writing.</summary>
    /// <param name="partition">The partition, for everything that has a fixed place on it; read back at once.</param>
    /// <param name="writer">Takes the blocks of new directories, maps and attributes, in the same queue as the file content that the caller writes, so that their order is kept.</param>
    /// <exception cref="UnsupportedFormatException">It uses a feature, or is in a state, in which writing could do damage.</exception>
    /// <exception cref="CorruptFormatException">It breaks its own format.</exception>
    public static Ext4Writer Open(IDisk partition, IBlockWriter writer)
    {
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(writer);
        var volume = Ext4Volume.Open(partition);
        Ext4FeatureCheck.EnsureWritable(volume.Superblock);
        JournalCheck.EnsureEmpty(volume);
        return new Ext4Writer(volume, partition, writer);
    }

    /// <summary>Opens the file system for a caller that writes content straight to the partition.</summary>
    public static Ext4Writer Open(IDisk partition) => Open(partition, partition);

    /// <inheritdoc/>
    public IReadOnlyList<FileRun> CreateFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns = null)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var place = _tree.PrepareName(path, attributes.ModificationTime);
        var map = new BlockMap();
        var inode = _inodes.CreateFile(attributes, size, dataRuns, map, path);
        place.Add(inode, DirectoryParser.TypeOf(FileKind.File));

        var runs = new FileRun[map.Runs.Count];
        for (var i = 0; i < runs.Length; i++)
        {
            var run = map.Runs[i];
            runs[i] = new FileRun(run.Logical * BlockSize, run.Physical * BlockSize, run.Count * BlockSize);
        }

        return runs;
    }

    /// <inheritdoc/>
    public void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        _tree.CreateDirectory(path, attributes);
    }

    /// <inheritdoc/>
    public void EnsureDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        if (!_tree.TryFind(path, out var inode))
        {
            _tree.CreateDirectory(path, attributes);
            return;
        }

        var kind = _inodes.Read(inode).Kind;
        if (kind == FileKind.SymbolicLink) throw new UnsafePathException(PathText.Of(path), "it is a symbolic link where a folder is needed");
        if (kind != FileKind.Directory) throw new UnsafePathException(PathText.Of(path), "it is not a folder, and a folder is needed");
    }

    /// <inheritdoc/>
    public void CreateSymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        if (target.IsEmpty || target.Contains((byte)0)) throw new UnsafePathException(PathText.Of(path), "a symbolic link with an empty target, or a NUL in it, cannot be");
        if (target.Length >= BlockSize) throw new UnsupportedFormatException("symbolic link length", $"{PathText.Of(path)}: a link target of {target.Length} bytes does not fit a block of {BlockSize}");
        var place = _tree.PrepareName(path, attributes.ModificationTime);
        place.Add(_inodes.CreateSymbolicLink(attributes, target, path), DirectoryParser.TypeOf(FileKind.SymbolicLink));
    }

    /// <inheritdoc/>
    public void CreateHardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null)
    {
        var (inode, type) = _tree.FindForLink(target, path);

        // A second look at a name that is already this very object changes nothing, and must not remove it first.
        if (_tree.TryFind(path, out var existing))
        {
            if (existing == inode)
            {
                if (attributes is not null) _inodes.UpdateAttributes(inode, attributes, path);
                return;
            }

            if (_tree.LeadsThrough(target, existing)) throw new UnsafePathException(PathText.Of(path), $"its target {PathText.Of(target)} lies in the folder that it replaces");
        }

        var place = _tree.PrepareName(path, _inodes.ModificationTime(inode));
        _inodes.AddLink(inode, path);
        place.Add(inode, type);
        if (attributes is not null) _inodes.UpdateAttributes(inode, attributes, path);
    }

    /// <inheritdoc/>
    public void CreateNode(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var type = kind switch
        {
            FileKind.CharacterDevice => K.TypeCharacterDevice,
            FileKind.BlockDevice => K.TypeBlockDevice,
            FileKind.Fifo => K.TypeFifo,
            FileKind.Socket => K.TypeSocket,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        if (kind is FileKind.Fifo or FileKind.Socket) (major, minor) = (0, 0);
        if (major > DeviceNumber.MaxMajor || minor > DeviceNumber.MaxMinor)
        {
            throw new UnsupportedFormatException("device number", $"{PathText.Of(path)}: the device number {major}:{minor} is larger than Linux has (4095:1048575)");
        }

        var place = _tree.PrepareName(path, attributes.ModificationTime);
        place.Add(_inodes.CreateNode(attributes, type, major, minor, path), DirectoryParser.TypeOf(kind));
    }

    /// <inheritdoc/>
    public byte[]? TryReadFile(ReadOnlySpan<byte> path, int maxLength)
    {
        if (!_tree.TryFind(path, out var number)) return null;
        var inode = _inodes.Read(number);
        if (inode.Kind == FileKind.SymbolicLink) throw new UnsafePathException(PathText.Of(path), "it is a symbolic link, which is never followed");
        if (inode.Kind != FileKind.File) throw new UnsafePathException(PathText.Of(path), "it is not a regular file");
        if (inode.Size > maxLength) throw new UnsupportedFormatException("file size", $"{PathText.Of(path)}: it has {inode.Size} bytes, and at most {maxLength} are read");
        if ((inode.Flags & K.EncryptFlag) != 0) throw new UnsupportedFormatException("encrypt", $"{PathText.Of(path)}: it is encrypted and cannot be read");
        var content = new byte[inode.Size];
        _volume.ReadFile(inode, 0, content);
        return content;
    }

    /// <inheritdoc/>
    public long BlocksFor(long freeBytes, long freeInodes) =>
        Growth.GrowthLimits.BlocksFor(_volume.Superblock, _volume.Groups, (freeBytes - FreeBytes + BlockSize - 1) / BlockSize, freeInodes - FreeInodes);

    /// <summary>
    /// Makes the file system larger, at any time before <see cref="Commit"/>: what was made so far stays as it is, and what follows has
    /// more room. The partition has to be as large already.
    /// </summary>
    /// <param name="blocks">
    /// Blocks that it is to have. It comes out smaller by part of a group where that would not be worth having, as with resize2fs; nothing
    /// happens where it is as large.
    /// </param>
    /// <exception cref="OutOfSpaceException">The partition is smaller, or the file system can not become as large (<see cref="MaxBlockCount"/>).</exception>
    public void Grow(long blocks)
    {
        var before = BlockCount;
        _inodes.Grow(blocks);
        _isGrown |= BlockCount > before;
    }

    /// <inheritdoc/>
    public IEnumerable<int> Commit()
    {
        foreach (var step in _tree.Commit()) yield return step;
        _inodes.Flush();
        _volume.Groups.Write(Partition);
        _volume.Superblock.FreeBlockCount = _inodes.FreeBlocks;
        _volume.Superblock.FreeInodeCount = (uint)_inodes.FreeInodes;
        _volume.Superblock.Write(Partition);
        if (_isGrown) Growth.BackupWriter.Write(_volume.Superblock, _volume.Groups, Partition);
        yield return 0;
    }
}
