using System.Numerics;
using System.Runtime.InteropServices;

namespace EtchStream.Unpack.Verification;

/// <summary>CRC-32C, for which processors have an instruction: against accidents and defects, not against anybody's will.</summary>
internal static class Castagnoli
{
    /// <summary>The register before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>Feeds data into the register, in pieces of any length.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(data)) crc = BitOperations.Crc32C(crc, word);
            data = data[(data.Length & ~7)..];
        }

        foreach (var one in data) crc = BitOperations.Crc32C(crc, one);
        return crc;
    }
}
