using System.Runtime.InteropServices;
using System.Text;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>The superblock of an ext2, ext3 or ext4 file system: its geometry, checked, and its counters.</summary>
public sealed class Ext4Superblock
{
    /// <summary>Bounds the memory that the descriptors of a hostile image can claim; 512 TiB at the usual 128 MiB a group.</summary>
    internal const long MaxGroups = 1 << 22;

    private readonly byte[] _bytes;

    private Ext4Superblock(byte[] bytes) => _bytes = bytes;

    /// <summary>Features that need not be known.</summary>
    public Ext4CompatFeatures Compat => (Ext4CompatFeatures)(uint)Raw.FeatureCompat;

    /// <summary>Features that must be known.</summary>
    public Ext4IncompatFeatures Incompat => (Ext4IncompatFeatures)(uint)Raw.FeatureIncompat;

    /// <summary>Features that must be known before writing.</summary>
    public Ext4RoCompatFeatures RoCompat => (Ext4RoCompatFeatures)(uint)Raw.FeatureRoCompat;

    /// <summary>Bytes in a block: 1024 to 65536.</summary>
    public int BlockSize { get; private init; }

    /// <summary>Blocks in the file system, those before the first group included.</summary>
    public long BlockCount { get; private set; }

    /// <summary>First block of group 0: 1 with 1 KiB blocks, else 0.</summary>
    public long FirstDataBlock => Raw.FirstDataBlock;

    /// <summary>Blocks in every group but the last.</summary>
    public int BlocksPerGroup => (int)(uint)Raw.BlocksPerGroup;

    /// <summary>Inodes in every group.</summary>
    public int InodesPerGroup => (int)(uint)Raw.InodesPerGroup;

    /// <summary>Inodes in the file system.</summary>
    public uint InodeCount => Raw.InodesCount;

    /// <summary>Number of block groups.</summary>
    public int GroupCount { get; private set; }

    /// <summary>Bytes of an inode on disk: 128 or a larger power of two.</summary>
    public int InodeSize { get; private init; }

    /// <summary>Bytes of a group descriptor on disk: 32, or 64 and more under 64bit.</summary>
    public int DescriptorSize { get; private init; }

    /// <summary>First inode number that is not reserved.</summary>
    public uint FirstInode => Raw.Revision == 0u ? K.FirstInodeOfRevision0 : (uint)Raw.FirstInode;

    /// <summary>Free blocks, those reserved for the superuser included.</summary>
    public long FreeBlockCount
    {
        get => Raw.FreeBlocksCountLow | (Is64Bit ? (long)(uint)Raw.FreeBlocksCountHigh << 32 : 0);
        internal set
        {
            Raw.FreeBlocksCountLow = (uint)(value & 0xFFFFFFFF);
            if (Is64Bit) Raw.FreeBlocksCountHigh = (uint)(value >> 32);
        }
    }

    /// <summary>Blocks that only the superuser may take.</summary>
    internal long ReservedBlockCount
    {
        get => Raw.ReservedBlocksCountLow | (Is64Bit ? (long)(uint)Raw.ReservedBlocksCountHigh << 32 : 0);
        set
        {
            Raw.ReservedBlocksCountLow = (uint)(value & 0xFFFFFFFF);
            if (Is64Bit) Raw.ReservedBlocksCountHigh = (uint)(value >> 32);
        }
    }

    /// <summary>Free inodes.</summary>
    public uint FreeInodeCount
    {
        get => Raw.FreeInodesCount;
        internal set => Raw.FreeInodesCount = value;
    }

    /// <summary>The volume's name, empty when it has none.</summary>
    public string Label => Encoding.UTF8.GetString(((ReadOnlySpan<byte>)Raw.VolumeName).Slice(0, LengthOf(Raw.VolumeName)));

    /// <summary>The volume's UUID, 16 bytes in the order they are written in.</summary>
    public ReadOnlySpan<byte> Uuid => _bytes.AsSpan(0x68, 16);

    internal ref SuperblockLayout Raw => ref MemoryMarshal.AsRef<SuperblockLayout>(_bytes.AsSpan());

    internal bool Is64Bit => (Incompat & Ext4IncompatFeatures.SixtyFourBit) != 0;

    internal bool HasMetadataChecksum => (RoCompat & Ext4RoCompatFeatures.MetadataChecksum) != 0;

    /// <summary>Whether descriptors carry a checksum and with it the UNINIT flags and unused counts have a meaning.</summary>
    internal bool HasGroupChecksum => (RoCompat & (Ext4RoCompatFeatures.MetadataChecksum | Ext4RoCompatFeatures.GroupDescriptorChecksum)) != 0;

    internal bool HasFileTypes => (Incompat & Ext4IncompatFeatures.FileType) != 0;

    internal bool HasExtents => (Incompat & Ext4IncompatFeatures.Extents) != 0;

    /// <summary>Start of every metadata checksum: from the UUID, or from the stored seed once the UUID may change under it.</summary>
    internal uint ChecksumSeed { get; private init; }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether the bytes of a partition start like an ext2, ext3 or ext4 file system.</summary>
    public static bool IsPresent(IRandomReader partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        if (partition.Length < K.SuperblockOffset + SuperblockLayout.Size) return false;
        Span<byte> magic = stackalloc byte[2];
        partition.Read(K.SuperblockOffset + 0x38, magic);
        return magic[0] == 0x53 && magic[1] == 0xEF;
    }

    /// <summary>Reads and checks the primary superblock.</summary>
    /// <exception cref="CorruptFormatException">It contradicts itself or the partition's size.</exception>
    /// <exception cref="UnsupportedFormatException">It needs a feature that this library cannot read.</exception>
    public static Ext4Superblock Read(IRandomReader partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        if (!IsPresent(partition)) throw Corrupt("the magic number 0xEF53 is missing");
        var bytes = new byte[SuperblockLayout.Size];
        partition.Read(K.SuperblockOffset, bytes);
        ref var raw = ref MemoryMarshal.AsRef<SuperblockLayout>(bytes.AsSpan());

        Ext4FeatureCheck.EnsureReadable((Ext4IncompatFeatures)(uint)raw.FeatureIncompat);
        var checksummed = ((Ext4RoCompatFeatures)(uint)raw.FeatureRoCompat & Ext4RoCompatFeatures.MetadataChecksum) != 0;
        if (checksummed)
        {
            if (raw.ChecksumType != 1) throw new UnsupportedFormatException("checksum type", $"the ext4 file system uses checksum type {raw.ChecksumType}; only crc32c (1) is known");
            if (Crc32c.Append(uint.MaxValue, bytes.AsSpan(0, 0x3FC)) != raw.Checksum) throw Corrupt("its checksum is wrong");
        }

        if (raw.LogBlockSize > 6u) throw Corrupt($"a block size of 2^(10+{raw.LogBlockSize}) bytes cannot be");
        var blockSize = 1024 << (int)(uint)raw.LogBlockSize;
        var is64Bit = ((uint)raw.FeatureIncompat & (uint)Ext4IncompatFeatures.SixtyFourBit) != 0;
        var blocks = (ulong)(uint)raw.BlocksCountLow | (is64Bit ? (ulong)(uint)raw.BlocksCountHigh << 32 : 0);
        if (blocks > (ulong)(partition.Length / blockSize))
        {
            throw Corrupt($"it counts {blocks} blocks of {blockSize} bytes, more than its partition of {partition.Length} bytes holds");
        }

        // Under bigalloc a bit stands for a cluster of blocks. Such a file system can be read, so that its refusal names the feature.
        var bigAllocation = ((Ext4RoCompatFeatures)(uint)raw.FeatureRoCompat & Ext4RoCompatFeatures.BigAllocation) != 0;
        var blocksPerBit = bigAllocation && raw.LogClusterSize > raw.LogBlockSize ? 1L << (int)Math.Min(raw.LogClusterSize - raw.LogBlockSize, 11u) : 1;
        if (raw.FirstDataBlock != (blockSize == 1024 && !(bigAllocation && raw.FirstDataBlock == 0u) ? 1u : 0u)) throw Corrupt($"first data block {raw.FirstDataBlock} does not fit blocks of {blockSize} bytes");
        var perGroup = (uint)raw.BlocksPerGroup;
        if (perGroup < 256 || perGroup % 8 != 0 || perGroup > 8L * blockSize * blocksPerBit) throw Corrupt($"{perGroup} blocks per group cannot be");
        if (blocks <= raw.FirstDataBlock) throw Corrupt("it counts no blocks");
        var groups = ((long)blocks - raw.FirstDataBlock + perGroup - 1) / perGroup;

        if (groups > MaxGroups) throw new UnsupportedFormatException("block groups", $"the ext4 file system has {groups} block groups; at most {MaxGroups} are handled");

        var inodeSize = raw.Revision == 0u ? 128 : (ushort)raw.InodeSize;
        if (inodeSize < 128 || inodeSize > blockSize || (inodeSize & (inodeSize - 1)) != 0) throw Corrupt($"an inode size of {inodeSize} bytes cannot be");
        var inodesPerGroup = (uint)raw.InodesPerGroup;
        if (inodesPerGroup < 8 || inodesPerGroup % 8 != 0 || inodesPerGroup > 8L * blockSize) throw Corrupt($"{inodesPerGroup} inodes per group cannot be");
        if (raw.InodesCount != groups * inodesPerGroup) throw Corrupt($"it counts {raw.InodesCount} inodes, its {groups} groups hold {groups * inodesPerGroup}");

        if (raw.Revision != 0u && (raw.FirstInode < K.FirstInodeOfRevision0 || raw.FirstInode > raw.InodesCount)) throw Corrupt($"a first inode of {raw.FirstInode} cannot be");

        var descriptorSize = 32;
        if (is64Bit)
        {
            descriptorSize = raw.DescriptorSize;
            if (descriptorSize < 64 || descriptorSize > 1024 || (descriptorSize & (descriptorSize - 1)) != 0) throw Corrupt($"a descriptor size of {descriptorSize} bytes cannot be");
        }

        var seed = ((Ext4IncompatFeatures)(uint)raw.FeatureIncompat & Ext4IncompatFeatures.ChecksumSeed) != 0
            ? (uint)raw.ChecksumSeed
            : Crc32c.Append(uint.MaxValue, raw.Uuid);
        return new Ext4Superblock(bytes)
        {
            BlockSize = blockSize,
            BlockCount = (long)blocks,
            GroupCount = (int)groups,
            InodeSize = inodeSize,
            DescriptorSize = descriptorSize,
            ChecksumSeed = seed,
        };
    }

    /// <summary>Whether a group holds a copy of the superblock and the descriptors.</summary>
    internal bool GroupHasSuperblock(long group)
    {
        if (group == 0) return true;
        if ((Compat & Ext4CompatFeatures.SparseSuper2) != 0)
        {
            return group == Raw.BackupGroups[0] || group == Raw.BackupGroups[1];
        }

        if (group == 1 || (RoCompat & Ext4RoCompatFeatures.SparseSuper) == 0) return true;
        return IsPowerOf(group, 3) || IsPowerOf(group, 5) || IsPowerOf(group, 7);
    }

    /// <summary>Gives the file system another number of blocks, and with it of groups and inodes.</summary>
    internal void SetGeometry(long blocks)
    {
        BlockCount = blocks;
        GroupCount = (int)((blocks - FirstDataBlock + BlocksPerGroup - 1) / BlocksPerGroup);
        Raw.BlocksCountLow = (uint)(blocks & 0xFFFFFFFF);
        if (Is64Bit) Raw.BlocksCountHigh = (uint)(blocks >> 32);
        Raw.InodesCount = (uint)((long)GroupCount * InodesPerGroup);
    }

    internal long GroupFirstBlock(long group) => FirstDataBlock + group * BlocksPerGroup;

    internal int BlocksInGroup(int group) =>
        group == GroupCount - 1 ? (int)(BlockCount - GroupFirstBlock(group)) : BlocksPerGroup;

    /// <summary>Updates the checksum and writes the primary superblock.</summary>
    internal void Write(IBlockWriter partition)
    {
        if (HasMetadataChecksum) Raw.Checksum = Crc32c.Append(uint.MaxValue, _bytes.AsSpan(0, 0x3FC));
        partition.Write(K.SuperblockOffset, _bytes);
    }

    /// <summary>Writes the copy in a group, which says in which one it is.</summary>
    internal void WriteCopy(IBlockWriter partition, int group)
    {
        var bytes = (byte[])_bytes.Clone();
        ref var copy = ref MemoryMarshal.AsRef<SuperblockLayout>(bytes.AsSpan());
        copy.BlockGroupNumber = (ushort)Math.Min(group, ushort.MaxValue);
        if (HasMetadataChecksum) copy.Checksum = Crc32c.Append(uint.MaxValue, bytes.AsSpan(0, 0x3FC));
        partition.Write(GroupFirstBlock(group) * BlockSize, bytes);
    }

    private static bool IsPowerOf(long number, long root)
    {
        while (number > 1 && number % root == 0) number /= root;
        return number == 1;
    }

    private static int LengthOf(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf((byte)0);
        return end < 0 ? name.Length : end;
    }

    private static CorruptFormatException Corrupt(string problem) => new("ext4 superblock", K.SuperblockOffset, problem);
}
