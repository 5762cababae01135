using EtchStream.Formats.Ext4.Writing;

namespace EtchStream.Formats.Ext4.Growth;

/// <summary>
/// Turns meta_bg on when the place behind the superblock has no room for more descriptors: from there on the groups are described where
/// they lie. All of the reserve is taken, so that nothing has to move; the resize inode, which kept it, goes. A kernel does the same when
/// it grows a mounted file system beyond its reserve.
/// </summary>
internal static class MetaGroups
{
    private const int BlockPointerAt = 0x28 + (13 * 4);

    /// <summary>Turns it on.</summary>
    public static void TurnOn(Ext4Superblock superblock, GroupDescriptors groups, BlockAllocator blocks, InodeTable inodes)
    {
        ref var raw = ref superblock.Raw;
        var table = groups.TableBlocks + raw.ReservedGdtBlocks;
        if (GrowthLimits.HasReserve(superblock))
        {
            var inode = inodes.Edit(ResizeInodeEditor.Number);
            var list = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(inode[BlockPointerAt..]);
            if (list != 0) blocks.Free(list, 1);
            inode.Clear();
            raw.FeatureCompat = (uint)raw.FeatureCompat & ~(uint)Ext4CompatFeatures.ResizeInode;
        }

        raw.FirstMetaBlockGroup = checked((uint)table);
        raw.ReservedGdtBlocks = 0;
        raw.FeatureIncompat = (uint)raw.FeatureIncompat | (uint)Ext4IncompatFeatures.MetaBlockGroups;
    }
}
