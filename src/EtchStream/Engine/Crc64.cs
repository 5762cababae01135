using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace EtchStream.Engine;

/// <summary>
/// The CRC-64 of ISO 3309 (reflected, polynomial 0xD800000000000000, inverted before and after), which tar-split keeps of every file.
/// 64 bytes a step where the processor multiplies polynomials, else eight by table.
/// </summary>
/// <remarks>
/// Of 128 bits x that D bits of data follow, only x * x^D counts: so a register of data is multiplied by constants, and added to the data
/// D bits on. Bits are reflected, by which a product comes out one place too low; the constants' exponents are one less for that.
/// </remarks>
internal static class Crc64
{
    private const ulong Polynomial = 0xD800000000000000;

    private const int Lanes = 4;

    private static readonly ulong[] Tables = BuildTables();
    private static readonly Vector128<ulong> ByOneLane = Shift(128);
    private static readonly Vector128<ulong> ByAllLanes = Shift(Lanes * 128);

    /// <summary>The checksum of <paramref name="data"/>, or of all data so far when <paramref name="previous"/> is that of what came before.</summary>
    public static ulong Compute(ReadOnlySpan<byte> data, ulong previous = 0)
    {
        var crc = ~previous;
        if (CanMultiply && data.Length >= 2 * Lanes * Vector128<byte>.Count) crc = Fold(ref data, crc);
        return ~ByTable(data, crc);
    }

    /// <summary>The same, by table alone.</summary>
    public static ulong ComputeByTable(ReadOnlySpan<byte> data, ulong previous = 0) => ~ByTable(data, ~previous);

    private static bool CanMultiply => BitConverter.IsLittleEndian && (Pclmulqdq.IsSupported || ArmAes.IsSupported);

    /// <summary>Takes whole steps off the data.</summary>
    private static ulong Fold(ref ReadOnlySpan<byte> data, ulong crc)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var lane0 = vectors[0] ^ Vector128.CreateScalar(crc);
        Vector128<ulong> lane1 = vectors[1], lane2 = vectors[2], lane3 = vectors[3];
        var at = Lanes;
        for (; at + Lanes <= vectors.Length; at += Lanes)
        {
            lane0 = Multiply(lane0, ByAllLanes) ^ vectors[at];
            lane1 = Multiply(lane1, ByAllLanes) ^ vectors[at + 1];
            lane2 = Multiply(lane2, ByAllLanes) ^ vectors[at + 2];
            lane3 = Multiply(lane3, ByAllLanes) ^ vectors[at + 3];
        }

        lane1 ^= Multiply(lane0, ByOneLane);
        lane2 ^= Multiply(lane1, ByOneLane);
        lane3 ^= Multiply(lane2, ByOneLane);
        data = data[(at * Vector128<byte>.Count)..];
        return ByTable(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in lane3)), 0);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> x, Vector128<ulong> by) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(x, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(x, by, 0x11)
        : ArmAes.PolynomialMultiplyWideningLower(x.GetLower(), by.GetLower()) ^ ArmAes.PolynomialMultiplyWideningUpper(x, by);

    /// <summary>What the two halves of a register, the one of the higher powers first, are multiplied by to come so many bits on.</summary>
    private static Vector128<ulong> Shift(int bits) => Vector128.Create(Power(bits + 63), Power(bits - 1));

    /// <summary>x to that power, modulo the polynomial.</summary>
    private static ulong Power(int exponent)
    {
        var value = 1UL << 63;
        for (; exponent > 0; exponent--) value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
        return value;
    }

    private static ulong ByTable(ReadOnlySpan<byte> data, ulong crc)
    {
        var tables = Tables;
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
        return crc;
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
