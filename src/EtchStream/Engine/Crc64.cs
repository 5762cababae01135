using System.Buffers.Binary;

namespace EtchStream.Engine;

/// <summary>
/// The CRC-64 of ISO 3309 (reflected, polynomial 0xD800000000000000, inverted before and after), which tar-split keeps of every file.
/// Eight bytes a step by table.
/// </summary>
internal static class Crc64
{
    private const ulong Polynomial = 0xD800000000000000;

    private static readonly ulong[] Tables = BuildTables();

    /// <summary>The checksum of <paramref name="data"/>, or of all data so far when <paramref name="previous"/> is that of what came before.</summary>
    public static ulong Compute(ReadOnlySpan<byte> data, ulong previous = 0)
    {
        var tables = Tables;
        var crc = ~previous;
        while (data.Length >= 8)
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(data);
            crc = tables[0x700 + (int)(crc & 0xFF)] ^ tables[0x600 + (int)((crc >> 8) & 0xFF)]
                ^ tables[0x500 + (int)((crc >> 16) & 0xFF)] ^ tables[0x400 + (int)((crc >> 24) & 0xFF)]
                ^ tables[0x300 + (int)((crc >> 32) & 0xFF)] ^ tables[0x200 + (int)((crc >> 40) & 0xFF)]
                ^ tables[0x100 + (int)((crc >> 48) & 0xFF)] ^ tables[(int)(crc >> 56)];
            data = data[8..];
        }

        foreach (var value in data) crc = tables[(int)((crc ^ value) & 0xFF)] ^ (crc >> 8);
        return ~crc;
    }

    private static ulong[] BuildTables()
    {
        var tables = new ulong[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            tables[i] = value;
        }

        for (var i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[(int)(tables[i - 256] & 0xFF)];
        return tables;
    }
}
