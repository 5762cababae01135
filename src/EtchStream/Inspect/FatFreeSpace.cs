using System.Buffers.Binary;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;

namespace EtchStream.Inspect;

/// <summary>Counts the free clusters of a FAT volume in its first FAT: an entry of 0 is a free cluster.</summary>
internal static class FatFreeSpace
{
    private const int ChunkSize = 96 * 1024;

    /// <summary>Free bytes.</summary>
    /// <exception cref="Formats.CorruptFormatException">The image ends within the FAT.</exception>
    public static long Count(IRandomReader volume, FatVolumeInfo fat)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(fat);

        // Three bytes hold two entries of FAT12; the chunk is a multiple of that and of both other sizes.
        var start = (long)fat.ReservedSectors * fat.SectorSize;
        var entries = fat.ClusterCount + 2;
        var length = Math.Min(((entries * fat.Bits) + 7) / 8, fat.FatSectors * fat.SectorSize);
        var chunk = new byte[ChunkSize];
        long free = 0;
        long entry = 0;
        for (long at = 0; at < length; at += ChunkSize)
        {
            var bytes = chunk.AsSpan(0, (int)Math.Min(ChunkSize, length - at));
            volume.Read(start + at, bytes);
            var count = Math.Min(bytes.Length * 8L / fat.Bits, entries - entry);
            for (var i = 0; i < count; i++, entry++)
            {
                // The first two entries belong to no cluster.
                if (entry >= 2 && IsFree(bytes, i, fat.Bits)) free++;
            }
        }

        return free * fat.ClusterSize;
    }

    private static bool IsFree(ReadOnlySpan<byte> fat, int index, int bits) => bits switch
    {
        12 => (Pair(fat, index) >> (index % 2 == 0 ? 0 : 4) & 0xFFF) == 0,
        16 => BinaryPrimitives.ReadUInt16LittleEndian(fat[(index * 2)..]) == 0,
        _ => (BinaryPrimitives.ReadUInt32LittleEndian(fat[(index * 4)..]) & 0x0FFFFFFF) == 0,
    };

    private static int Pair(ReadOnlySpan<byte> fat, int index) => BinaryPrimitives.ReadUInt16LittleEndian(fat[(index * 3 / 2)..]);
}
