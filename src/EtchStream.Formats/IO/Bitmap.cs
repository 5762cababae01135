using System.Numerics;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.IO;

/// <summary>Bit operations on an allocation bitmap: bit 0 of byte 0 is the first, a set bit is in use.</summary>
internal static class Bitmap
{
    /// <summary>First clear bit at or behind <paramref name="from"/>, or <paramref name="end"/> when there is none before it.</summary>
    public static int NextClear(byte[] bitmap, int from, int end) => Next(bitmap, from, end, ulong.MaxValue);

    /// <summary>First set bit at or behind <paramref name="from"/>, or <paramref name="end"/> when there is none before it.</summary>
    public static int NextSet(byte[] bitmap, int from, int end) => Next(bitmap, from, end, 0);

    public static bool IsSet(byte[] bitmap, int bit) => (bitmap[bit >> 3] & (1 << (bit & 7))) != 0;

    public static void Set(byte[] bitmap, int from, int count) => Fill(bitmap, from, count, set: true);

    public static void Clear(byte[] bitmap, int from, int count) => Fill(bitmap, from, count, set: false);

    /// <summary>Number of clear bits before <paramref name="end"/>, which is a multiple of 8 or ends inside the bitmap.</summary>
    public static int CountClear(byte[] bitmap, int end)
    {
        var used = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bitmap.AsSpan(0, end / 64 * 8))) used += BitOperations.PopCount(word);
        for (var bit = end / 64 * 64; bit < end; bit++) used += IsSet(bitmap, bit) ? 1 : 0;
        return end - used;
    }

    /// <summary>Searches for the first bit that is clear after XOR with <paramref name="flip"/> turned the wanted ones to 1.</summary>
    private static int Next(byte[] bitmap, int from, int end, ulong flip)
    {
        if (from >= end) return end;
        var words = MemoryMarshal.Cast<byte, ulong>(bitmap.AsSpan());
        var index = from / 64;
        var word = (Little(words[index]) ^ flip) & (ulong.MaxValue << (from % 64));
        while (word == 0)
        {
            index++;
            if (index * 64 >= end) return end;
            word = Little(words[index]) ^ flip;
        }

        return Math.Min(end, index * 64 + BitOperations.TrailingZeroCount(word));
    }

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);

    private static void Fill(byte[] bitmap, int from, int count, bool set)
    {
        var end = from + count;
        while (from < end && (from & 7) != 0) SetOne(bitmap, from++, set);
        var whole = (end - from) / 8;
        if (whole > 0)
        {
            bitmap.AsSpan(from / 8, whole).Fill(set ? (byte)0xFF : (byte)0);
            from += whole * 8;
        }

        while (from < end) SetOne(bitmap, from++, set);
    }

    private static void SetOne(byte[] bitmap, int bit, bool set)
    {
        var mask = (byte)(1 << (bit & 7));
        bitmap[bit >> 3] = set ? (byte)(bitmap[bit >> 3] | mask) : (byte)(bitmap[bit >> 3] & ~mask);
    }
}
