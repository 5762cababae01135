using System.Buffers.Binary;
using System.Text;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Partitions;

/// <summary>Finds the label of an exFAT volume: a directory entry of type 0x83 (exFAT specification, 7.3) in the root directory's first cluster.</summary>
internal static class ExFatLabel
{
    public static string? Read(IRandomReader partition, ReadOnlySpan<byte> bootSector)
    {
        int sectorShift = bootSector[0x6C], clusterShift = bootSector[0x6D];
        var root = BinaryPrimitives.ReadUInt32LittleEndian(bootSector[0x60..]);
        if (sectorShift is < 9 or > 12 || clusterShift > 25 - sectorShift || root < 2) return null;

        // The heap's offset is a 32-bit count of sectors, so none of these products leaves 64 bits.
        var heap = (long)BinaryPrimitives.ReadUInt32LittleEndian(bootSector[0x58..]) << sectorShift;
        var cluster = 1L << (sectorShift + clusterShift);
        var start = heap + ((root - 2L) * cluster);
        var count = (int)Math.Min(cluster, 64 * 1024);
        if (start > partition.Length - count) return null;

        var entries = new byte[count];
        partition.Read(start, entries);
        for (var at = 0; at < count && entries[at] != 0; at += 32)
        {
            if (entries[at] == 0x83 && entries[at + 1] is > 0 and <= 11) return Encoding.Unicode.GetString(entries, at + 2, entries[at + 1] * 2);
        }

        return null;
    }
}
