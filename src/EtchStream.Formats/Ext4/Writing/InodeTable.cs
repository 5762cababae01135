using System.Runtime.CompilerServices;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>
/// The inode tables, held in memory in pieces of 64 KiB. A bounded number of pieces is kept; one that has to make room is
/// written to its place, so that memory does not grow with the number of inodes.
/// </summary>
/// <remarks>Inode tables never move and no file owns their blocks, so writing them at once cannot collide with queued file data.</remarks>
internal sealed class InodeTable
{
    private const int PieceSize = 64 * 1024;
    private const int MaxPieces = 128;

    private readonly IDisk _disk;
    private readonly Ext4Superblock _superblock;
    private readonly GroupDescriptors _groups;
    private readonly Ext4Checksums _checksums;
    private readonly Dictionary<long, Piece> _pieces = [];

    /// <summary>Pieces that this run has written back: all their bytes are valid on disk.</summary>
    private readonly HashSet<long> _writtenBack = [];

    /// <summary>Inodes at the end of each table that held nothing when the file system was opened.</summary>
    private int[] _unusedAtOpen;
    private readonly long _tableLength;
    private readonly Queue<Piece> _ages = new();
    private Piece? _last;

    public InodeTable(IDisk disk, Ext4Volume volume)
    {
        _disk = disk;
        _superblock = volume.Superblock;
        _groups = volume.Groups;
        _checksums = volume.Checksums;
        _tableLength = (long)_groups.InodeTableBlocks * _superblock.BlockSize;
        _unusedAtOpen = new int[_groups.Count];
        for (var group = 0; group < _groups.Count; group++) _unusedAtOpen[group] = _groups.UnusedInodes(group);
    }

    /// <summary>Takes up that there are more groups.</summary>
    /// <param name="first">The first new one.</param>
    public void Extend(int first)
    {
        Array.Resize(ref _unusedAtOpen, _groups.Count);
        for (var group = first; group < _groups.Count; group++) _unusedAtOpen[group] = _superblock.InodesPerGroup;
    }

    /// <summary>The bytes of an inode, for reading. Valid until the next call on this table.</summary>
    public ReadOnlySpan<byte> Read(uint number)
    {
        var bytes = Locate(number, out _);
        if (!_checksums.InodeIsGood(number, bytes)) throw new CorruptFormatException($"ext4 inode {number}", -1, "its checksum is wrong");
        return bytes;
    }

    /// <summary>The bytes of an inode, to be changed and then sealed. Valid until the next call on this table.</summary>
    public Span<byte> Edit(uint number)
    {
        var bytes = Locate(number, out var piece);
        piece.IsDirty = true;
        return bytes;
    }

    /// <summary>The bytes of an inode as a structure. Fields behind the inode's own length must not be touched.</summary>
    public static ref InodeLayout Layout(Span<byte> inode) => ref Unsafe.As<byte, InodeLayout>(ref inode[0]);

    /// <summary>Updates the checksum of an inode that was edited.</summary>
    public void Seal(uint number, Span<byte> inode) => _checksums.SealInode(number, inode);

    /// <summary>Writes all changed pieces.</summary>
    public void Flush()
    {
        foreach (var piece in _pieces.Values.OrderBy(p => p.DiskOffset)) WriteBack(piece);
    }

    private Span<byte> Locate(uint number, out Piece piece)
    {
        if (number == 0 || number > _superblock.InodeCount) throw new CorruptFormatException($"ext4 inode {number}", -1, $"there are only {_superblock.InodeCount} inodes");
        var group = (int)((number - 1) / (uint)_superblock.InodesPerGroup);
        var offset = (number - 1) % (uint)_superblock.InodesPerGroup * (long)_superblock.InodeSize;
        var start = offset / PieceSize * PieceSize;
        var key = group * _tableLength + start;
        if (_last is null || _last.Key != key)
        {
            if (!_pieces.TryGetValue(key, out var found)) found = Load(key, group, start);
            _last = found;
        }

        piece = _last;
        piece.WasUsed = true;
        return piece.Bytes.AsSpan((int)(offset - start), _superblock.InodeSize);
    }

    private Piece Load(long key, int group, long start)
    {
        var length = (int)Math.Min(PieceSize, _tableLength - start);
        var bytes = MakeRoom(length);
        var diskOffset = _groups.InodeTable(group) * _superblock.BlockSize + start;

        // What lies behind the last inode ever used may be anything: it counts as zeros.
        var valid = _writtenBack.Contains(key)
            ? length
            : (int)Math.Clamp((_superblock.InodesPerGroup - _unusedAtOpen[group]) * (long)_superblock.InodeSize - start, 0, length);
        if (valid > 0) _disk.Read(diskOffset, bytes.AsSpan(0, valid));
        bytes.AsSpan(valid).Clear();
        var piece = new Piece(key, diskOffset, bytes);
        _pieces.Add(key, piece);
        _ages.Enqueue(piece);
        return piece;
    }

    /// <summary>Second-chance replacement: a piece that was used since its last turn gets another one.</summary>
    private byte[] MakeRoom(int length)
    {
        while (_pieces.Count >= MaxPieces)
        {
            var oldest = _ages.Dequeue();
            if (oldest.WasUsed)
            {
                oldest.WasUsed = false;
                _ages.Enqueue(oldest);
                continue;
            }

            WriteBack(oldest);
            _pieces.Remove(oldest.Key);
            if (ReferenceEquals(_last, oldest)) _last = null;
            if (oldest.Bytes.Length == length) return oldest.Bytes;
        }

        return new byte[length];
    }

    private void WriteBack(Piece piece)
    {
        if (!piece.IsDirty) return;
        _disk.Write(piece.DiskOffset, piece.Bytes);
        piece.IsDirty = false;
        _writtenBack.Add(piece.Key);
    }

    private sealed class Piece(long key, long diskOffset, byte[] bytes)
    {
        public long Key { get; } = key;

        public long DiskOffset { get; } = diskOffset;

        public byte[] Bytes { get; } = bytes;

        public bool IsDirty { get; set; }

        public bool WasUsed { get; set; }
    }
}
