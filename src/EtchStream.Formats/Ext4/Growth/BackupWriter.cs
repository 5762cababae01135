using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Growth;

/// <summary>Writes the copies of superblock and descriptors, which a repair begins with when the first ones are lost.</summary>
internal static class BackupWriter
{
    /// <summary>Writes all copies, of what superblock and descriptors are now.</summary>
    public static void Write(Ext4Superblock superblock, GroupDescriptors groups, IBlockWriter disk)
    {
        for (var group = 1; group < superblock.GroupCount; group++)
        {
            if (superblock.GroupHasSuperblock(group)) superblock.WriteCopy(disk, group);
        }

        groups.WriteCopies(disk);
    }
}
