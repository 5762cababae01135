using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Hands out inode numbers in ascending order, so that new inodes fill the tables one behind the other.</summary>
internal sealed class InodeAllocator
{
    private readonly IRandomReader _disk;
    private readonly Ext4Superblock _superblock;
    private readonly GroupDescriptors _groups;
    private readonly Ext4Checksums _checksums;
    private byte[]?[] _bitmaps;
    private bool[] _dirty;

    /// <summary>Inodes made in this run, a bit each, by group.</summary>
    private byte[]?[] _new;
    private int _group;
    private int _bit;

    public InodeAllocator(IRandomReader disk, Ext4Volume volume)
    {
        _disk = disk;
        _superblock = volume.Superblock;
        _groups = volume.Groups;
        _checksums = volume.Checksums;
        _bitmaps = new byte[]?[_groups.Count];
        _dirty = new bool[_groups.Count];
        _new = new byte[]?[_groups.Count];
        for (var group = 0; group < _groups.Count; group++) FreeCount += _groups.FreeInodes(group);
    }

    /// <summary>Free inodes in all groups.</summary>
    public long FreeCount { get; private set; }

    /// <summary>Allocates an inode.</summary>
    /// <exception cref="OutOfSpaceException">There is none.</exception>
    public uint Allocate(bool isDirectory)
    {
        for (var i = 0; i <= _groups.Count; i++)
        {
            var group = (_group + i) % _groups.Count;
            if (_groups.FreeInodes(group) == 0) continue;
            var bitmap = Load(group);
            var bit = Bitmap.NextClear(bitmap, Math.Max(i == 0 ? _bit : 0, FirstBit(group)), _superblock.InodesPerGroup);
            if (bit == _superblock.InodesPerGroup) continue;
            Bitmap.Set(bitmap, bit, 1);
            Bitmap.Set(_new[group] ??= new byte[_superblock.BlockSize], bit, 1);
            _dirty[group] = true;
            FreeCount--;
            _groups.SetFreeInodes(group, _groups.FreeInodes(group) - 1);
            if (isDirectory) _groups.SetUsedDirectories(group, _groups.UsedDirectories(group) + 1);

            // Everything up to the highest inode ever used counts as initialised.
            _groups.SetUnusedInodes(group, Math.Min(_groups.UnusedInodes(group), _superblock.InodesPerGroup - (bit + 1)));
            if (_groups.HasFlag(group, K.GroupInodeUninit)) _groups.ClearFlag(group, K.GroupInodeUninit);
            _group = group;
            _bit = bit + 1;
            return (uint)((long)group * _superblock.InodesPerGroup + bit + 1);
        }

        throw new OutOfSpaceException($"the file system has no free inode left (of {_superblock.InodeCount})", 1, 0);
    }

    /// <summary>Whether an inode was made in this run: what belongs to it may still be queued and cannot be read back.</summary>
    public bool IsNew(uint number)
    {
        var bits = _new[(number - 1) / (uint)_superblock.InodesPerGroup];
        return bits is not null && Bitmap.IsSet(bits, (int)((number - 1) % (uint)_superblock.InodesPerGroup));
    }

    /// <summary>Gives an inode back.</summary>
    public void Free(uint number, bool isDirectory)
    {
        var group = (int)((number - 1) / (uint)_superblock.InodesPerGroup);
        var bit = (int)((number - 1) % (uint)_superblock.InodesPerGroup);
        var bitmap = Load(group);
        if (!Bitmap.IsSet(bitmap, bit)) throw new CorruptFormatException($"ext4 inode bitmap of group {group}", -1, $"inode {number} is in use but marked free: run e2fsck -f");
        Bitmap.Clear(bitmap, bit, 1);
        _dirty[group] = true;
        FreeCount++;
        _groups.SetFreeInodes(group, _groups.FreeInodes(group) + 1);
        if (isDirectory) _groups.SetUsedDirectories(group, Math.Max(0, _groups.UsedDirectories(group) - 1));
    }

    /// <summary>Takes up that there are more groups.</summary>
    /// <param name="first">The first new one.</param>
    public void Extend(int first)
    {
        Array.Resize(ref _bitmaps, _groups.Count);
        Array.Resize(ref _dirty, _groups.Count);
        Array.Resize(ref _new, _groups.Count);
        for (var group = first; group < _groups.Count; group++)
        {
            _groups.SetFreeInodes(group, _superblock.InodesPerGroup);
            _groups.SetUnusedInodes(group, _superblock.InodesPerGroup);
            FreeCount += _superblock.InodesPerGroup;
            if (_superblock.HasGroupChecksum)
            {
                _groups.SetFlag(group, K.GroupInodeUninit);
                continue;
            }

            var bitmap = new byte[_superblock.BlockSize];
            Bitmap.Set(bitmap, _superblock.InodesPerGroup, (bitmap.Length * 8) - _superblock.InodesPerGroup);
            _bitmaps[group] = bitmap;
            _dirty[group] = true;
        }
    }

    /// <summary>Writes the bitmaps that changed and their checksums into the descriptors.</summary>
    public void Flush(IBlockWriter disk)
    {
        for (var group = 0; group < _bitmaps.Length; group++)
        {
            if (!_dirty[group]) continue;
            var bitmap = _bitmaps[group]!;
            if (_checksums.Enabled) _groups.SetInodeBitmapChecksum(group, _checksums.Bitmap(bitmap.AsSpan(0, _superblock.InodesPerGroup / 8)));
            disk.Write(_groups.InodeBitmap(group) * _superblock.BlockSize, bitmap);
            _dirty[group] = false;
        }
    }

    /// <summary>Reserved inodes are never handed out, whatever the bitmap says.</summary>
    private int FirstBit(int group) => group == 0 ? (int)Math.Min(_superblock.FirstInode - 1, (uint)_superblock.InodesPerGroup) : 0;

    private byte[] Load(int group)
    {
        if (_bitmaps[group] is { } loaded) return loaded;
        var bitmap = new byte[_superblock.BlockSize];
        var inodes = _superblock.InodesPerGroup;
        var context = $"ext4 inode bitmap of group {group}";
        if (_groups.HasFlag(group, K.GroupInodeUninit))
        {
            Bitmap.Set(bitmap, inodes, bitmap.Length * 8 - inodes);
        }
        else
        {
            var offset = _groups.InodeBitmap(group) * _superblock.BlockSize;
            _disk.Read(offset, bitmap);
            if (_checksums.Enabled && _groups.StoredPart(_checksums.Bitmap(bitmap.AsSpan(0, inodes / 8))) != _groups.InodeBitmapChecksum(group))
            {
                throw new CorruptFormatException(context, offset, "its checksum is wrong");
            }
        }

        var free = Bitmap.CountClear(bitmap, inodes);
        if (free != _groups.FreeInodes(group))
        {
            throw new CorruptFormatException(context, -1, $"it holds {free} free inodes, the descriptor counts {_groups.FreeInodes(group)}: run e2fsck -f");
        }

        return _bitmaps[group] = bitmap;
    }
}
