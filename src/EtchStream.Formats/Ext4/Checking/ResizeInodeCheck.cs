using System.Buffers.Binary;
using EtchStream.Formats.Checking;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>
/// Checks the resize inode, which holds the blocks behind the group descriptors in reserve: its one doubly indirect block lists those of
/// group 0, and each of these lists its copies in the other groups that have copies of the descriptors.
/// </summary>
/// <remarks>Without it as it should be, the kernel refuses to grow the file system, which balenaOS does on first boot.</remarks>
internal sealed class ResizeInodeCheck(Ext4Volume volume, CheckLog log)
{
    /// <summary>Its number.</summary>
    public const uint Number = 7;

    private const int DoubleIndirect = 13;
    private const int Pointers = 15;
    private readonly Ext4Superblock _superblock = volume.Superblock;

    /// <summary>Looks at it.</summary>
    /// <returns>The block that belongs to it alone, 0 where it has none; and how many blocks it counts as its own.</returns>
    public (long Own, long Count) Run(Ext4Inode inode)
    {
        var own = Word(inode.Block, DoubleIndirect);
        for (var i = 0; i < Pointers; i++)
        {
            if (i != DoubleIndirect && Word(inode.Block, i) != 0) Wrong($"it has a block {Word(inode.Block, i)} of its own");
        }

        if ((_superblock.Compat & Ext4CompatFeatures.ResizeInode) == 0) return (own, own == 0 ? 0 : 1);
        if (own <= _superblock.FirstDataBlock || own >= _superblock.BlockCount)
        {
            Wrong($"its list lies in block {own}, outside the file system");
            return (0, 0);
        }

        return (own, 1 + CheckReserve(own));
    }

    private long CheckReserve(uint own)
    {
        var perBlock = _superblock.BlockSize / sizeof(uint);
        var descriptorsPerBlock = _superblock.BlockSize / _superblock.DescriptorSize;
        var isMeta = (_superblock.Incompat & Ext4IncompatFeatures.MetaBlockGroups) != 0;
        var table = isMeta ? (int)(uint)_superblock.Raw.FirstMetaBlockGroup : (_superblock.GroupCount + descriptorsPerBlock - 1) / descriptorsPerBlock;
        int reserve = _superblock.Raw.ReservedGdtBlocks;
        var expected = new uint[perBlock];
        var first = (uint)_superblock.FirstDataBlock + 1 + (uint)table;
        for (var i = 0; i < reserve; i++) expected[(table + i) % perBlock] = first + (uint)i;
        Compare(own, expected);
        long count = 0;
        for (var i = 0; i < reserve; i++)
        {
            Array.Clear(expected);
            var at = 0;
            for (var group = 1; group < _superblock.GroupCount && at < perBlock; group++)
            {
                if (_superblock.GroupHasSuperblock(group)) expected[at++] = unchecked((uint)(first + i + ((long)group * _superblock.BlocksPerGroup)));
            }

            Compare(first + (uint)i, expected);
            count += 1 + at;
        }

        return count;
    }

    private void Compare(uint block, uint[] expected)
    {
        var bytes = new byte[_superblock.BlockSize];
        volume.ReadBlocks(block, bytes);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Word(bytes, i) == expected[i]) continue;
            Wrong($"its block {block} names block {Word(bytes, i)} where {expected[i]} should be");
            return;
        }
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * sizeof(uint))..]);

    private void Wrong(string problem) => log.Error($"the resize inode is wrong: {problem}");
}
