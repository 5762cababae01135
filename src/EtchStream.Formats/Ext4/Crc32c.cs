using System.Numerics;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Ext4;

/// <summary>The raw CRC-32C register (Castagnoli, reflected), without inversion before or after, as ext4 chains it.</summary>
internal static class Crc32c
{
    /// <summary>Feeds <paramref name="data"/> into the register <paramref name="crc"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(data)) crc = BitOperations.Crc32C(crc, word);
            data = data[(data.Length & ~7)..];
        }

        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    /// <summary>Feeds a number in little-endian order.</summary>
    public static uint Append(uint crc, uint value) => BitOperations.Crc32C(crc, value);

    /// <summary>Feeds a number in little-endian order.</summary>
    public static uint Append(uint crc, ulong value) => BitOperations.Crc32C(crc, value);
}
