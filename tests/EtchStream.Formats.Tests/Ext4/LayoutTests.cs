using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Ext4.Layout;
using Xunit;
using Descriptor = EtchStream.Formats.Ext4.Layout.GroupDescriptorLayout;
using Inode = EtchStream.Formats.Ext4.Layout.InodeLayout;
using Super = EtchStream.Formats.Ext4.Layout.SuperblockLayout;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Every field against the kernel's fs/ext4/ext4.h; a field that is added without a line here fails the count.</summary>
public class LayoutTests
{
    [Fact]
    public void Superblock_lies_as_the_kernel_has_it()
    {
        Assert.Equal(1024, Super.Size);
        Check<Super>(
            1024,
            (nameof(Super.InodesCount), 0x0), (nameof(Super.BlocksCountLow), 0x4), (nameof(Super.ReservedBlocksCountLow), 0x8), (nameof(Super.FreeBlocksCountLow), 0xC),
            (nameof(Super.FreeInodesCount), 0x10), (nameof(Super.FirstDataBlock), 0x14), (nameof(Super.LogBlockSize), 0x18), (nameof(Super.LogClusterSize), 0x1C),
            (nameof(Super.BlocksPerGroup), 0x20), (nameof(Super.ClustersPerGroup), 0x24), (nameof(Super.InodesPerGroup), 0x28), (nameof(Super.MountTime), 0x2C),
            (nameof(Super.WriteTime), 0x30), (nameof(Super.MountCount), 0x34), (nameof(Super.MaxMountCount), 0x36), (nameof(Super.Magic), 0x38),
            (nameof(Super.State), 0x3A), (nameof(Super.Errors), 0x3C), (nameof(Super.MinorRevision), 0x3E), (nameof(Super.LastCheck), 0x40),
            (nameof(Super.CheckInterval), 0x44), (nameof(Super.CreatorOs), 0x48), (nameof(Super.Revision), 0x4C), (nameof(Super.DefaultReservedUid), 0x50),
            (nameof(Super.DefaultReservedGid), 0x52), (nameof(Super.FirstInode), 0x54), (nameof(Super.InodeSize), 0x58), (nameof(Super.BlockGroupNumber), 0x5A),
            (nameof(Super.FeatureCompat), 0x5C), (nameof(Super.FeatureIncompat), 0x60), (nameof(Super.FeatureRoCompat), 0x64), (nameof(Super.Uuid), 0x68),
            (nameof(Super.VolumeName), 0x78), (nameof(Super.LastMounted), 0x88), (nameof(Super.AlgorithmBitmap), 0xC8), (nameof(Super.PreallocBlocks), 0xCC),
            (nameof(Super.PreallocDirBlocks), 0xCD), (nameof(Super.ReservedGdtBlocks), 0xCE), (nameof(Super.JournalUuid), 0xD0), (nameof(Super.JournalInode), 0xE0),
            (nameof(Super.JournalDevice), 0xE4), (nameof(Super.LastOrphan), 0xE8), (nameof(Super.HashSeed), 0xEC), (nameof(Super.DefaultHashVersion), 0xFC),
            (nameof(Super.JournalBackupType), 0xFD), (nameof(Super.DescriptorSize), 0xFE), (nameof(Super.DefaultMountOptions), 0x100), (nameof(Super.FirstMetaBlockGroup), 0x104),
            (nameof(Super.MkfsTime), 0x108), (nameof(Super.JournalBlocks), 0x10C), (nameof(Super.BlocksCountHigh), 0x150), (nameof(Super.ReservedBlocksCountHigh), 0x154),
            (nameof(Super.FreeBlocksCountHigh), 0x158), (nameof(Super.MinExtraInodeSize), 0x15C), (nameof(Super.WantExtraInodeSize), 0x15E), (nameof(Super.Flags), 0x160),
            (nameof(Super.RaidStride), 0x164), (nameof(Super.MmpInterval), 0x166), (nameof(Super.MmpBlock), 0x168), (nameof(Super.RaidStripeWidth), 0x170),
            (nameof(Super.LogGroupsPerFlex), 0x174), (nameof(Super.ChecksumType), 0x175), (nameof(Super.Reserved176), 0x176), (nameof(Super.KilobytesWritten), 0x178),
            (nameof(Super.SnapshotInode), 0x180), (nameof(Super.SnapshotId), 0x184), (nameof(Super.SnapshotReservedBlocks), 0x188), (nameof(Super.SnapshotList), 0x190),
            (nameof(Super.ErrorCount), 0x194), (nameof(Super.FirstErrorTime), 0x198), (nameof(Super.FirstErrorInode), 0x19C), (nameof(Super.FirstErrorBlock), 0x1A0),
            (nameof(Super.FirstErrorFunction), 0x1A8), (nameof(Super.FirstErrorLine), 0x1C8), (nameof(Super.LastErrorTime), 0x1CC), (nameof(Super.LastErrorInode), 0x1D0),
            (nameof(Super.LastErrorLine), 0x1D4), (nameof(Super.LastErrorBlock), 0x1D8), (nameof(Super.LastErrorFunction), 0x1E0), (nameof(Super.MountOptions), 0x200),
            (nameof(Super.UserQuotaInode), 0x240), (nameof(Super.GroupQuotaInode), 0x244), (nameof(Super.OverheadBlocks), 0x248), (nameof(Super.BackupGroups), 0x24C),
            (nameof(Super.EncryptAlgorithms), 0x254), (nameof(Super.EncryptPasswordSalt), 0x258), (nameof(Super.LostAndFoundInode), 0x268), (nameof(Super.ProjectQuotaInode), 0x26C),
            (nameof(Super.ChecksumSeed), 0x270), (nameof(Super.TimeHighBytes), 0x274), (nameof(Super.Encoding), 0x27C), (nameof(Super.EncodingFlags), 0x27E),
            (nameof(Super.OrphanFileInode), 0x280), (nameof(Super.Reserved), 0x284), (nameof(Super.Checksum), 0x3FC));
    }

    [Fact]
    public void Group_descriptor_lies_as_the_kernel_has_it()
    {
        Assert.Equal(64, Descriptor.Size);
        Check<Descriptor>(
            64,
            (nameof(Descriptor.BlockBitmapLow), 0x0), (nameof(Descriptor.InodeBitmapLow), 0x4), (nameof(Descriptor.InodeTableLow), 0x8), (nameof(Descriptor.FreeBlocksLow), 0xC),
            (nameof(Descriptor.FreeInodesLow), 0xE), (nameof(Descriptor.UsedDirectoriesLow), 0x10), (nameof(Descriptor.Flags), 0x12), (nameof(Descriptor.ExcludeBitmapLow), 0x14),
            (nameof(Descriptor.BlockBitmapChecksumLow), 0x18), (nameof(Descriptor.InodeBitmapChecksumLow), 0x1A), (nameof(Descriptor.UnusedInodesLow), 0x1C), (nameof(Descriptor.Checksum), 0x1E),
            (nameof(Descriptor.BlockBitmapHigh), 0x20), (nameof(Descriptor.InodeBitmapHigh), 0x24), (nameof(Descriptor.InodeTableHigh), 0x28), (nameof(Descriptor.FreeBlocksHigh), 0x2C),
            (nameof(Descriptor.FreeInodesHigh), 0x2E), (nameof(Descriptor.UsedDirectoriesHigh), 0x30), (nameof(Descriptor.UnusedInodesHigh), 0x32), (nameof(Descriptor.ExcludeBitmapHigh), 0x34),
            (nameof(Descriptor.BlockBitmapChecksumHigh), 0x38), (nameof(Descriptor.InodeBitmapChecksumHigh), 0x3A), (nameof(Descriptor.Reserved), 0x3C));
    }

    [Fact]
    public void Inode_lies_as_the_kernel_has_it()
    {
        Assert.Equal(160, Inode.Size);
        Check<Inode>(
            160,
            (nameof(Inode.Mode), 0x0), (nameof(Inode.UidLow), 0x2), (nameof(Inode.SizeLow), 0x4), (nameof(Inode.AccessTime), 0x8), (nameof(Inode.ChangeTime), 0xC),
            (nameof(Inode.ModificationTime), 0x10), (nameof(Inode.DeletionTime), 0x14), (nameof(Inode.GidLow), 0x18), (nameof(Inode.LinksCount), 0x1A), (nameof(Inode.BlocksLow), 0x1C),
            (nameof(Inode.Flags), 0x20), (nameof(Inode.VersionLow), 0x24), (nameof(Inode.Block), 0x28), (nameof(Inode.Generation), 0x64), (nameof(Inode.FileAclLow), 0x68),
            (nameof(Inode.SizeHigh), 0x6C), (nameof(Inode.ObsoleteFragmentAddress), 0x70), (nameof(Inode.BlocksHigh), 0x74), (nameof(Inode.FileAclHigh), 0x76), (nameof(Inode.UidHigh), 0x78),
            (nameof(Inode.GidHigh), 0x7A), (nameof(Inode.ChecksumLow), 0x7C), (nameof(Inode.Reserved), 0x7E), (nameof(Inode.ExtraSize), 0x80), (nameof(Inode.ChecksumHigh), 0x82),
            (nameof(Inode.ChangeTimeExtra), 0x84), (nameof(Inode.ModificationTimeExtra), 0x88), (nameof(Inode.AccessTimeExtra), 0x8C), (nameof(Inode.CreationTime), 0x90),
            (nameof(Inode.CreationTimeExtra), 0x94), (nameof(Inode.VersionHigh), 0x98), (nameof(Inode.ProjectId), 0x9C));
    }

    [Fact]
    public void Arrays_inside_structures_have_their_length()
    {
        Assert.Equal(8, Unsafe.SizeOf<Words2>());
        Assert.Equal(16, Unsafe.SizeOf<Words4>());
        Assert.Equal(68, Unsafe.SizeOf<Words17>());
        Assert.Equal(4, Unsafe.SizeOf<Bytes4>());
        Assert.Equal(8, Unsafe.SizeOf<Bytes8>());
        Assert.Equal(16, Unsafe.SizeOf<Bytes16>());
        Assert.Equal(32, Unsafe.SizeOf<Bytes32>());
        Assert.Equal(60, Unsafe.SizeOf<Bytes60>());
        Assert.Equal(64, Unsafe.SizeOf<Bytes64>());
        Assert.Equal(376, Unsafe.SizeOf<Bytes376>());
    }

    private static void Check<T>(int size, params (string Field, int Offset)[] fields)
    {
        Assert.Equal(size, Unsafe.SizeOf<T>());
        foreach (var (field, offset) in fields) Assert.True((int)Marshal.OffsetOf<T>(field) == offset, $"{typeof(T).Name}.{field} is at 0x{Marshal.OffsetOf<T>(field):X}, the kernel has it at 0x{offset:X}");
        Assert.Equal(fields.Length, typeof(T).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public).Length);
    }
}
