using System.Buffers.Binary;
using System.Text;

namespace EtchStream.Tests.Pack;

/// <summary>A disk image to pack: MBR, partition 1 with the superblock of an ext file system labelled <c>data</c>, partition 2 with nothing known.</summary>
internal static class PackImage
{
    public const int MiB = 1 << 20;

    public static byte[] Make(int seed = 3)
    {
        var image = new byte[12 * MiB];
        var random = new Random(seed);
        Entry(image, 0, MiB, 4 * MiB);
        Entry(image, 1, 6 * MiB, 4 * MiB);
        image[510] = 0x55;
        image[511] = 0xAA;

        // ext4(5): the superblock lies at byte 1024; s_blocks_per_group at 32, s_magic at 56, s_feature_incompat at 96 (here: extents), s_volume_name at 120.
        var superblock = image.AsSpan(MiB + 1024, 1024);
        BinaryPrimitives.WriteInt32LittleEndian(superblock, 1024);
        BinaryPrimitives.WriteInt32LittleEndian(superblock[4..], 4096);
        BinaryPrimitives.WriteInt32LittleEndian(superblock[32..], 32768);
        BinaryPrimitives.WriteInt16LittleEndian(superblock[56..], unchecked((short)0xEF53));
        BinaryPrimitives.WriteInt32LittleEndian(superblock[96..], 0x40);
        Encoding.ASCII.GetBytes("data", superblock[120..]);

        // Data that starts and ends inside granules, and one last byte.
        random.NextBytes(image.AsSpan((2 * MiB) + 1000, 300_000));
        random.NextBytes(image.AsSpan(9 * MiB, 64 * 1024));
        image[^1] = 1;
        return image;
    }

    private static void Entry(byte[] image, int index, int start, int length)
    {
        var entry = image.AsSpan(446 + (16 * index), 16);
        entry[4] = 0x83;
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], start / 512);
        BinaryPrimitives.WriteInt32LittleEndian(entry[12..], length / 512);
    }
}
