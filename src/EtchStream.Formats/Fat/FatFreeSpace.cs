using System.Buffers.Binary;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Fat;

/// <summary>Finds the free clusters of a FAT volume in the FAT itself, where an entry of 0 is a free cluster. What FSINFO says is a hint only.</summary>
public static class FatFreeSpace
{
    /// <summary>Three bytes hold two entries of FAT12; the chunk is a multiple of that and of both other sizes.</summary>
    private const int ChunkSize = 96 * 1024;

    /// <summary>Free bytes.</summary>
    /// <exception cref="CorruptFormatException">The image ends within the FAT.</exception>
    public static long Count(IRandomReader volume, FatVolumeInfo fat)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(fat);
        return Scan(volume, fat, map: null) * fat.ClusterSize;
    }

    /// <summary>A bitmap with a bit for every cluster number, set where the cluster is in use (or bad, or none), and the count of free ones.</summary>
    internal static (byte[] Used, long Free) Map(IRandomReader volume, FatVolumeInfo fat)
    {
        // In whole words of 64 bits, as the bitmap's operations go through it.
        var used = new byte[((long)fat.EndCluster + 63) / 64 * 8];
        used.AsSpan().Fill(0xFF);
        return (used, Scan(volume, fat, used));
    }

    private static long Scan(IRandomReader volume, FatVolumeInfo fat, byte[]? map)
    {
        var start = fat.FatOffset + (fat.ActiveFat * fat.FatLength);
        long end = fat.EndCluster;
        var length = ((end * fat.Bits) + 7) / 8;
        var chunk = new byte[(int)Math.Min(ChunkSize, length)];
        long free = 0;
        long cluster = 0;
        for (long at = 0; at < length; at += ChunkSize)
        {
            var bytes = chunk.AsSpan(0, (int)Math.Min(ChunkSize, length - at));
            volume.Read(start + at, bytes);
            var count = Math.Min(bytes.Length * 8L / fat.Bits, end - cluster);
            for (var i = 0; i < count; i++, cluster++)
            {
                // The first two entries belong to no cluster.
                if (cluster < 2 || !IsFree(bytes, i, fat.Bits)) continue;
                free++;
                if (map is not null) map[cluster / 8] = (byte)(map[cluster / 8] & ~(1 << (int)(cluster % 8)));
            }
        }

        return free;
    }

    private static bool IsFree(ReadOnlySpan<byte> fat, int index, int bits) => bits switch
    {
        12 => (Pair(fat, index) >> (index % 2 == 0 ? 0 : 4) & 0xFFF) == 0,
        16 => BinaryPrimitives.ReadUInt16LittleEndian(fat[(index * 2)..]) == 0,
        _ => (BinaryPrimitives.ReadUInt32LittleEndian(fat[(index * 4)..]) & 0x0FFFFFFF) == 0,
    };

    private static int Pair(ReadOnlySpan<byte> fat, int index) => BinaryPrimitives.ReadUInt16LittleEndian(fat[(index * 3 / 2)..]);
}
