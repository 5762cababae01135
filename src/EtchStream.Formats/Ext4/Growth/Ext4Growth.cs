using EtchStream.Formats.Ext4.Writing;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Growth;

/// <summary>
/// Makes a file system larger that a writer has open: its last group is filled up, new ones follow. Nothing that lies in it moves; the new
/// groups' descriptors go into the reserve that mke2fs keeps for that, and beyond it into the groups themselves, as when a kernel grows a
/// mounted file system.
/// </summary>
/// <remarks>
/// Superblock, descriptors and bitmaps change in memory, and are written with everything else when the writer commits. What is written
/// at once lies in places that no reader of the smaller file system looks at.
/// </remarks>
internal sealed class Ext4Growth(Ext4Volume volume, BlockAllocator blocks, InodeAllocator inodes, InodeTable table, IDisk partition)
{
    private const int ZeroPiece = 1 << 20;
    private readonly Ext4Superblock _superblock = volume.Superblock;
    private readonly GroupDescriptors _groups = volume.Groups;

    /// <summary>Grows.</summary>
    /// <param name="wanted">Blocks that the file system is to have; it may come out a little smaller, see <see cref="GrowthLimits.Fit"/>.</param>
    /// <exception cref="OutOfSpaceException">Its own descriptors, or the partition, have no room for that.</exception>
    public void Run(long wanted)
    {
        var count = GrowthLimits.Fit(_superblock, _groups, wanted);
        if (count <= _superblock.BlockCount) return;
        var blockSize = _superblock.BlockSize;
        if (GrowthLimits.MaxBlocks(_superblock) is var most && count > most)
        {
            throw new OutOfSpaceException(
                $"the file system can be grown to {most * (decimal)blockSize} bytes and not to {count * (decimal)blockSize}: {(_superblock.Is64Bit ? "its numbers of groups and inodes end there" : "it has no 64bit feature")}",
                count,
                most);
        }

        if (count > partition.Length / blockSize) throw new OutOfSpaceException($"the partition has {partition.Length} bytes, and the file system is to have {count * blockSize}", count * blockSize, partition.Length);
        var (oldCount, oldGroups) = (_superblock.BlockCount, _superblock.GroupCount);
        var oldInLast = _superblock.BlocksInGroup(oldGroups - 1);
        blocks.Prepare(oldGroups - 1);
        if (GroupsOf(count) > GrowthLimits.LinearGroups(_superblock, _groups)) MetaGroups.TurnOn(_superblock, _groups, blocks, table);
        ChangeSuperblock(count, oldCount);
        _groups.Extend(oldGroups);
        new GroupPlacement(_superblock, _groups, oldGroups).Run();
        _groups.CollectAgain(oldGroups);
        blocks.Extend(oldGroups, oldInLast);
        inodes.Extend(oldGroups);
        table.Extend(oldGroups);
        if (!_superblock.HasGroupChecksum) ClearTables(oldGroups);
        if (GrowthLimits.HasReserve(_superblock)) new ResizeInodeEditor(_superblock, _groups, table, partition).Write();
    }

    private long GroupsOf(long count) => (count - _superblock.FirstDataBlock + _superblock.BlocksPerGroup - 1) / _superblock.BlocksPerGroup;

    private void ChangeSuperblock(long count, long oldCount)
    {
        var oldTable = _groups.TableBlocks;
        var reserved = _superblock.ReservedBlockCount;
        _superblock.SetGeometry(count);

        // The same share of it stays for the superuser. In floating point, as everybody else does it.
        _superblock.ReservedBlockCount = (long)(reserved * 100.0 / oldCount * count / 100.0);
        if (!GrowthLimits.IsMeta(_superblock)) _superblock.Raw.ReservedGdtBlocks = checked((ushort)(_superblock.Raw.ReservedGdtBlocks - (_groups.TableBlocks - oldTable)));

        // Some keep here how many blocks are metadata; without it a kernel counts itself.
        _superblock.Raw.OverheadBlocks = 0u;
    }

    /// <summary>Where no flag says that a table was never used, its inodes have to be empty ones.</summary>
    private void ClearTables(int first)
    {
        var length = (long)_groups.InodeTableBlocks * _superblock.BlockSize;
        var piece = new byte[Math.Min(ZeroPiece, length)];
        for (var group = first; group < _groups.Count; group++)
        {
            var start = _groups.InodeTable(group) * _superblock.BlockSize;
            for (long at = 0; at < length; at += piece.Length)
            {
                var part = piece.AsSpan(0, (int)Math.Min(piece.Length, length - at));
                partition.Read(start + at, part);

                // A hole stays one.
                if (!part.ContainsAnyExcept((byte)0)) continue;
                part.Clear();
                partition.Write(start + at, part);
            }
        }
    }
}
