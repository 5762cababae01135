using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Damages a subject, and makes the checksums right again where that is asked for, so that the damage is not stopped by them.</summary>
internal static class FuzzDamage
{
    private static readonly uint[] Extremes = [0, 1, 2, 7, 8, 0x7F, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x10000000, 0x00010000];

    public static void Apply(Random random, FuzzSubject subject, bool seal)
    {
        var touched = new HashSet<(int Kind, long Offset, int Length)>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            int kind;
            do kind = random.Next(subject.Places.Count);
            while (subject.Places[kind].Count == 0);
            var (offset, length) = subject.Places[kind][random.Next(subject.Places[kind].Count)];
            touched.Add((kind, offset, length));
            Change(random, subject.Disk, offset, length, kind);
        }

        if (!seal || !subject.HasChecksums) return;
        Ext4Checksums checksums;
        try
        {
            var image = subject.Disk.Edit(1024, 1024);
            BinaryPrimitives.WriteUInt32LittleEndian(image[0x3FC..], Crc32c.Append(uint.MaxValue, image[..0x3FC]));
            checksums = new Ext4Checksums(Ext4Superblock.Read(subject.Disk));
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return;
        }

        // What others are computed from comes first: inodes, whose generation goes into their blocks; descriptors last.
        foreach (var (kind, offset, length) in touched.OrderBy(t => t.Kind == 1).ThenBy(t => t.Kind is 2 ? 1 : 0)) Seal(subject, checksums, kind, offset, length);
        SealDescriptors(subject, checksums);
    }

    private static void Change(Random random, OverlayDisk disk, long offset, int length, int kind)
    {
        // Half of the time a field at the start, where most structures keep what counts.
        var at = random.Next(2) == 0 ? random.Next(Math.Min(length, kind == 0 ? 0x180 : 0x80)) : random.Next(length);
        Span<byte> word = stackalloc byte[8];
        word = word[..(int)Math.Min(8, Math.Min(length - at, disk.Length - offset - at))];
        disk.Read(offset + at, word);
        switch (random.Next(5))
        {
            case 0:
                word[0] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                word[0] = (byte)random.Next(256);
                break;
            case 2 when word.Length >= 4:
                BinaryPrimitives.WriteUInt32LittleEndian(word, Extremes[random.Next(Extremes.Length)]);
                break;
            case 3 when word.Length >= 2:
                BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(word) + random.Next(-2, 3)));
                break;
            default:
                random.NextBytes(word[..random.Next(1, word.Length + 1)]);
                break;
        }

        disk.Write(offset + at, word);
    }

    private static void Seal(FuzzSubject subject, Ext4Checksums checksums, int kind, long offset, int length)
    {
        var bytes = new byte[length];
        subject.Disk.Read(offset, bytes);
        switch (kind)
        {
            case 3:
                checksums.SealInode(subject.InodeAt[offset], bytes);
                break;
            case 4 when bytes[^5] == 0xDE:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(length - 4), Ext4Checksums.Block(Seed(subject, checksums, offset), bytes.AsSpan(0, length - 12)));
                break;
            case 4 when 32 + 8 * BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(32)) + 8 <= length && BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(34)) <= BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(32)):
                DirectoryBlocks.SealIndex(bytes, DirectoryBlocks.RootEntries, Seed(subject, checksums, offset));
                break;
            case 5:
                var tail = 12 + 12 * BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(4));
                if (tail + 4 <= length) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(tail), Ext4Checksums.Block(Seed(subject, checksums, offset), bytes.AsSpan(0, tail)));
                break;
            case 6:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), checksums.XattrBlock(offset / subject.BlockSize, bytes));
                break;
            default:
                return;
        }

        subject.Disk.Write(offset, bytes);
    }

    private static uint Seed(FuzzSubject subject, Ext4Checksums checksums, long offset)
    {
        var owner = subject.OwnerAt[offset];
        Span<byte> generation = stackalloc byte[4];
        subject.Disk.Read(subject.InodeAt.First(p => p.Value == owner).Key + 0x64, generation);
        return checksums.InodeSeed(owner, BinaryPrimitives.ReadUInt32LittleEndian(generation));
    }

    /// <summary>Descriptors of 64 bytes at the place where the undamaged superblock has them, with the checksums of the bitmaps.</summary>
    private static void SealDescriptors(FuzzSubject subject, Ext4Checksums checksums)
    {
        var (table, length) = subject.Places[1][0];
        var descriptor = new byte[64];
        for (var group = 0; group < length / 64; group++)
        {
            subject.Disk.Read(table + group * 64, descriptor);
            for (var which = 0; which < 2; which++)
            {
                var (offset, size) = subject.Places[2][2 * group + which];
                var bitmap = new byte[size];
                subject.Disk.Read(offset, bitmap);
                var crc = checksums.Bitmap(bitmap);
                BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(which == 0 ? 0x18 : 0x1A), (ushort)crc);
                BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(which == 0 ? 0x38 : 0x3A), (ushort)(crc >> 16));
            }

            BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(0x1E), checksums.Descriptor(group, descriptor));
            subject.Disk.Write(table + group * 64, descriptor);
        }
    }
}
