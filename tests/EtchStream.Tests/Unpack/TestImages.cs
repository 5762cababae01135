using System.Buffers.Binary;

namespace EtchStream.Tests.Unpack;

/// <summary>Small disk images with an MBR.</summary>
internal static class TestImages
{
    public const int MiB = 1024 * 1024;

    /// <summary>Partition 1 at 1 MiB and partition 2 at 5 MiB, 4 MiB each, with stretches of random bytes and of zeros; 10 MiB in all.</summary>
    public static byte[] TwoPartitions(int seed = 7)
    {
        var image = new byte[10 * MiB];
        var random = new Random(seed);

        // Dirty partitions: what is not written over has to be left, what is must be written to the last byte.
        for (var at = MiB; at < 9 * MiB; at += 256 * 1024) random.NextBytes(image.AsSpan(at, 150 * 1024));
        Entry(image, 0, 0x83, MiB, 4 * MiB);
        Entry(image, 1, 0x83, 5 * MiB, 4 * MiB);
        image[510] = 0x55;
        image[511] = 0xAA;
        return image;
    }

    private static void Entry(byte[] image, int index, byte type, int start, int length)
    {
        var entry = image.AsSpan(446 + (16 * index), 16);
        entry[4] = type;
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], start / 512);
        BinaryPrimitives.WriteInt32LittleEndian(entry[12..], length / 512);
    }
}
