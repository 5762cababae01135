using System.Buffers.Binary;
using EtchStream.Formats.Ext4.Writing;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Growth;

/// <summary>
/// Brings the resize inode up to date after a growth: the blocks of the reserve that descriptors have taken go out of its lists, and the
/// copies in new groups come in.
/// </summary>
internal sealed class ResizeInodeEditor(Ext4Superblock superblock, GroupDescriptors groups, InodeTable inodes, IDisk disk)
{
    /// <summary>The resize inode.</summary>
    public const uint Number = 7;

    private const int DoubleIndirectAt = 0x28 + (13 * 4);
    private const int BlocksAt = 0x1C;
    private const int Sector = 512;

    /// <summary>Writes its lists and its inode.</summary>
    public void Write()
    {
        var perBlock = superblock.BlockSize / sizeof(uint);
        var inode = inodes.Edit(Number);
        long list = BinaryPrimitives.ReadUInt32LittleEndian(inode[DoubleIndirectAt..]);
        if (list <= superblock.FirstDataBlock || list >= superblock.BlockCount) throw new CorruptFormatException("ext4 inode 7", -1, "the resize inode has no list of the reserve: run e2fsck -f");
        int reserve = superblock.Raw.ReservedGdtBlocks;
        var backups = 0;
        for (var group = 1; group < superblock.GroupCount && backups < perBlock; group++)
        {
            if (superblock.GroupHasSuperblock(group)) backups++;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(inode[BlocksAt..], checked((uint)((1 + (reserve * (1L + backups))) * (superblock.BlockSize / Sector))));
        inodes.Seal(Number, inode);

        var bytes = new byte[superblock.BlockSize];
        var first = superblock.FirstDataBlock + 1 + groups.TableBlocks;
        for (var i = 0; i < reserve; i++) Put(bytes, (int)((groups.TableBlocks + i) % perBlock), first + i);
        disk.Write(list * superblock.BlockSize, bytes);
        for (var i = 0; i < reserve; i++)
        {
            Array.Clear(bytes);
            var at = 0;
            for (var group = 1; group < superblock.GroupCount && at < perBlock; group++)
            {
                if (superblock.GroupHasSuperblock(group)) Put(bytes, at++, first + i + ((long)group * superblock.BlocksPerGroup));
            }

            disk.Write((first + i) * superblock.BlockSize, bytes);
        }
    }

    private static void Put(byte[] bytes, int index, long block) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(index * sizeof(uint)), checked((uint)block));
}
