using EtchStream.Formats.Checking;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Compares the bitmaps with what is in use, and the counters with the bitmaps.</summary>
internal sealed class AllocationCheck(Ext4Volume volume, BlockClaims claims, InodeTables inodes, CheckLog log)
{
    private readonly Ext4Superblock _superblock = volume.Superblock;
    private readonly GroupDescriptors _groups = volume.Groups;
    private readonly byte[] _stored = new byte[volume.Superblock.BlockSize];

    /// <summary>Runs.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        long freeBlocks = 0, freeInodes = 0;
        for (var group = 0; group < _groups.Count; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            freeBlocks += CheckBlocks(group);
            freeInodes += CheckInodes(group);
        }

        if (freeBlocks != _superblock.FreeBlockCount) log.Error($"the superblock counts {_superblock.FreeBlockCount} free blocks, and {freeBlocks} are free");
        if (freeInodes != _superblock.FreeInodeCount) log.Error($"the superblock counts {_superblock.FreeInodeCount} free inodes, and {freeInodes} are free");
    }

    private long CheckBlocks(int group)
    {
        var used = claims.Bits(group);
        if (_groups.HasFlag(group, K.GroupBlockUninit))
        {
            // There is no bitmap then: only what belongs to the file system is in use.
            if (claims.HasAny(group)) log.Error($"group {group} is said to have no blocks in use, and has");
        }
        else
        {
            volume.ReadBlocks(_groups.BlockBitmap(group), _stored);
            var checksum = _groups.StoredPart(volume.Checksums.Bitmap(_stored.AsSpan(0, _superblock.BlocksPerGroup / 8)));
            if (volume.Checksums.Enabled && checksum != _groups.BlockBitmapChecksum(group)) log.Error($"the checksum of group {group}'s block bitmap is wrong");
            Compare($"the block bitmap of group {group}", "blocks", used, _stored, _superblock.BlocksInGroup(group), _superblock.BlocksPerGroup);
        }

        var free = Bitmap.CountClear(used, _superblock.BlocksInGroup(group));
        if (free != _groups.FreeBlocks(group)) log.Error($"group {group} counts {_groups.FreeBlocks(group)} free blocks, and {free} are free");
        return free;
    }

    private long CheckInodes(int group)
    {
        var used = new byte[_superblock.BlockSize];
        var directories = 0;
        var facts = inodes.Group(group);
        if (group == 0) Bitmap.Set(used, 0, (int)Math.Min(_superblock.FirstInode - 1, (uint)_superblock.InodesPerGroup));
        for (var i = 0; facts is not null && i < facts.Length; i++)
        {
            if (!facts[i].IsUsed) continue;
            Bitmap.Set(used, i, 1);
            if (facts[i].Kind == FileKind.Directory) directories++;
        }

        Bitmap.Set(used, _superblock.InodesPerGroup, (used.Length * 8) - _superblock.InodesPerGroup);
        if (!_groups.HasFlag(group, K.GroupInodeUninit))
        {
            volume.ReadBlocks(_groups.InodeBitmap(group), _stored);
            var checksum = _groups.StoredPart(volume.Checksums.Bitmap(_stored.AsSpan(0, _superblock.InodesPerGroup / 8)));
            if (volume.Checksums.Enabled && checksum != _groups.InodeBitmapChecksum(group)) log.Error($"the checksum of group {group}'s inode bitmap is wrong");
            Compare($"the inode bitmap of group {group}", "inodes", used, _stored, _superblock.InodesPerGroup, _superblock.BlockSize * 8);
        }

        var free = Bitmap.CountClear(used, _superblock.InodesPerGroup);
        if (free != _groups.FreeInodes(group)) log.Error($"group {group} counts {_groups.FreeInodes(group)} free inodes, and {free} are free");
        if (directories != _groups.UsedDirectories(group)) log.Error($"group {group} counts {_groups.UsedDirectories(group)} directories, and has {directories}");
        return free;
    }

    /// <param name="what">The bitmap.</param>
    /// <param name="unit">What its bits stand for.</param>
    /// <param name="used">What is in use.</param>
    /// <param name="stored">What the bitmap says.</param>
    /// <param name="count">Bits that stand for something.</param>
    /// <param name="padding">Where bits end that have to be set because nothing is there.</param>
    private void Compare(string what, string unit, byte[] used, byte[] stored, int count, int padding)
    {
        int missing = 0, surplus = 0, first = -1;
        for (var at = 0; at * 8 < count; at++)
        {
            if (used[at] == stored[at]) continue;
            for (var bit = at * 8; bit < Math.Min(count, (at + 1) * 8); bit++)
            {
                if (Bitmap.IsSet(used, bit) == Bitmap.IsSet(stored, bit)) continue;
                if (first < 0) first = bit;
                if (Bitmap.IsSet(used, bit)) missing++;
                else surplus++;
            }
        }

        if (missing > 0) log.Error($"{what} marks {missing} {unit} as free that are in use (the first difference at number {first} of the group)");
        if (surplus > 0) log.Error($"{what} marks {surplus} {unit} as in use that are free (the first difference at number {first} of the group)");
        if (Bitmap.NextClear(stored, count, Math.Max(count, padding)) < padding) log.Error($"{what} has bits behind its end that are not set");
    }
}
