using System.Buffers.Binary;
using EtchStream.Formats.Ext4.Layout;

namespace EtchStream.Formats.Ext4;

/// <summary>The checksums of every metadata structure (metadata_csum), and that of descriptors under uninit_bg.</summary>
/// <remarks>Source: the kernel's documentation, filesystems/ext4 "Checksums".</remarks>
internal sealed class Ext4Checksums(Ext4Superblock superblock)
{
    private const int InodeChecksumLow = 0x7C;
    private const int InodeChecksumHigh = 0x82;
    private const int DescriptorChecksum = 0x1E;
    private static readonly byte[] Zeros = new byte[4];
    private readonly uint _seed = superblock.ChecksumSeed;

    /// <summary>Whether structures other than descriptors carry a checksum at all.</summary>
    public bool Enabled => superblock.HasMetadataChecksum;

    public ushort Descriptor(int group, ReadOnlySpan<byte> descriptor)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, group);
        if (Enabled)
        {
            var crc = Crc32c.Append(Crc32c.Append(_seed, number), descriptor[..DescriptorChecksum]);
            crc = Crc32c.Append(crc, Zeros.AsSpan(0, 2));
            return (ushort)(Crc32c.Append(crc, descriptor[(DescriptorChecksum + 2)..]) & 0xFFFF);
        }

        var crc16 = Crc16.Append(Crc16.Append(Crc16.Append(0xFFFF, superblock.Uuid), number), descriptor[..DescriptorChecksum]);
        return descriptor.Length > 32 ? Crc16.Append(crc16, descriptor[(DescriptorChecksum + 2)..]) : crc16;
    }

    public uint Bitmap(ReadOnlySpan<byte> bitmap) => Crc32c.Append(_seed, bitmap);

    /// <summary>The seed of everything that belongs to one inode: its own checksum, its extent and directory blocks.</summary>
    public uint InodeSeed(uint number, uint generation) => Crc32c.Append(Crc32c.Append(_seed, number), generation);

    /// <summary>Checksum of an inode with its own checksum fields taken as zero.</summary>
    public uint Inode(uint number, ReadOnlySpan<byte> inode)
    {
        var crc = InodeSeed(number, BinaryPrimitives.ReadUInt32LittleEndian(inode[0x64..]));
        crc = Crc32c.Append(crc, inode[..InodeChecksumLow]);
        crc = Crc32c.Append(crc, Zeros.AsSpan(0, 2));
        crc = Crc32c.Append(crc, inode[(InodeChecksumLow + 2)..128]);
        if (inode.Length == 128) return crc;
        if (!HasHighHalf(inode)) return Crc32c.Append(crc, inode[128..]);
        crc = Crc32c.Append(crc, inode[128..InodeChecksumHigh]);
        crc = Crc32c.Append(crc, Zeros.AsSpan(0, 2));
        return Crc32c.Append(crc, inode[(InodeChecksumHigh + 2)..]);
    }

    public void SealInode(uint number, Span<byte> inode)
    {
        if (!Enabled) return;
        var crc = Inode(number, inode);
        BinaryPrimitives.WriteUInt16LittleEndian(inode[InodeChecksumLow..], (ushort)(crc & 0xFFFF));
        if (HasHighHalf(inode)) BinaryPrimitives.WriteUInt16LittleEndian(inode[InodeChecksumHigh..], (ushort)(crc >> 16));
    }

    public bool InodeIsGood(uint number, ReadOnlySpan<byte> inode)
    {
        if (!Enabled) return true;
        var crc = Inode(number, inode);
        if (BinaryPrimitives.ReadUInt16LittleEndian(inode[InodeChecksumLow..]) != (crc & 0xFFFF)) return false;
        return !HasHighHalf(inode) || BinaryPrimitives.ReadUInt16LittleEndian(inode[InodeChecksumHigh..]) == crc >> 16;
    }

    /// <summary>Extent and directory blocks: everything before the checksum's own place.</summary>
    public static uint Block(uint inodeSeed, ReadOnlySpan<byte> covered) => Crc32c.Append(inodeSeed, covered);

    /// <summary>An index block of a hashed directory: the entries in use, then the tail with its checksum as zero.</summary>
    public static uint IndexBlock(uint inodeSeed, ReadOnlySpan<byte> entries, ReadOnlySpan<byte> tailReserved) =>
        Crc32c.Append(Crc32c.Append(Crc32c.Append(inodeSeed, entries), tailReserved), Zeros);

    /// <summary>A block of extended attributes, which is tied to its own block number.</summary>
    public uint XattrBlock(long block, ReadOnlySpan<byte> bytes)
    {
        const int ChecksumAt = 16;
        var crc = Crc32c.Append(Crc32c.Append(_seed, (ulong)block), bytes[..ChecksumAt]);
        return Crc32c.Append(Crc32c.Append(crc, Zeros), bytes[(ChecksumAt + 4)..]);
    }

    private static bool HasHighHalf(ReadOnlySpan<byte> inode) =>
        inode.Length > 128 && BinaryPrimitives.ReadUInt16LittleEndian(inode[0x80..]) >= 4;
}
