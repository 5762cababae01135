using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Which blocks belong to something: a bitmap a group, made when the first block of the group is claimed.</summary>
internal sealed class BlockClaims
{
    private readonly Ext4Superblock _superblock;
    private readonly GroupDescriptors _groups;
    private readonly byte[]?[] _bitmaps;

    /// <summary>Begins with what belongs to the file system itself.</summary>
    public BlockClaims(Ext4Volume volume)
    {
        _superblock = volume.Superblock;
        _groups = volume.Groups;
        _bitmaps = new byte[]?[_groups.Count];
    }

    /// <summary>Claims a stretch of blocks, all of them inside the file system.</summary>
    /// <returns>The first of them that was claimed before; -1 where none was.</returns>
    public long Claim(long block, long count)
    {
        long taken = -1;
        while (count > 0)
        {
            var group = (int)((block - _superblock.FirstDataBlock) / _superblock.BlocksPerGroup);
            var bit = (int)(block - _superblock.GroupFirstBlock(group));
            var step = (int)Math.Min(count, _superblock.BlocksInGroup(group) - bit);
            var bitmap = _bitmaps[group] ??= Bits(group);
            var used = Bitmap.NextSet(bitmap, bit, bit + step);
            if (used < bit + step && taken < 0) taken = block + used - bit;
            Bitmap.Set(bitmap, bit, step);
            block += step;
            count -= step;
        }

        return taken;
    }

    /// <summary>The blocks of a group that are in use; bits behind its end are set.</summary>
    public byte[] Bits(int group)
    {
        if (_bitmaps[group] is { } known) return known;
        var bitmap = new byte[_superblock.BlockSize];
        _groups.ForEachMetadataRun(group, (from, count) => Bitmap.Set(bitmap, from, count));
        var blocks = _superblock.BlocksInGroup(group);
        Bitmap.Set(bitmap, blocks, (bitmap.Length * 8) - blocks);
        return bitmap;
    }

    /// <summary>Whether anything but the file system itself has blocks in a group.</summary>
    public bool HasAny(int group) => _bitmaps[group] is not null;
}
