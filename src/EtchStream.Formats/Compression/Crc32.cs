using System.Buffers.Binary;
using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression;

/// <summary>The CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), which GPT, gzip and zip use. By .NET's zlib, or eight bytes a step by table.</summary>
internal static unsafe class Crc32
{
    private static readonly uint[] s_tables = BuildTables();

    /// <summary>The checksum of <paramref name="data"/>, or of all data so far when <paramref name="previous"/> is that of what came before.</summary>
    public static uint Compute(ReadOnlySpan<byte> data, uint previous = 0)
    {
        if (!ZlibNative.IsUsable) return ComputeByTable(data, previous);
        fixed (byte* bytes = data) return data.IsEmpty ? previous : ZlibNative.Crc32(previous, bytes, data.Length);
    }

    /// <summary>The same without zlib.</summary>
    public static uint ComputeByTable(ReadOnlySpan<byte> data, uint previous = 0)
    {
        var tables = s_tables;
        var crc = ~previous;
        while (data.Length >= 8)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(data);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = tables[0x700 + (low & 0xFF)] ^ tables[0x600 + ((low >> 8) & 0xFF)]
                ^ tables[0x500 + ((low >> 16) & 0xFF)] ^ tables[0x400 + (low >> 24)]
                ^ tables[0x300 + (high & 0xFF)] ^ tables[0x200 + ((high >> 8) & 0xFF)]
                ^ tables[0x100 + ((high >> 16) & 0xFF)] ^ tables[high >> 24];
            data = data[8..];
        }

        foreach (var value in data) crc = tables[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            tables[i] = value;
        }

        for (var i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
