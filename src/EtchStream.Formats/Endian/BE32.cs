using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Endian;

/// <summary>A 32-bit unsigned integer that lies in memory in big-endian byte order on every machine (the kernel's <c>__be32</c>).</summary>
/// <remarks>Blittable and exactly 4 bytes long, so that a layout structure can be laid over the bytes of a disk.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct BE32 : IEquatable<BE32>
{
    private readonly uint _raw;

    /// <summary>Stores <paramref name="value"/> in big-endian byte order.</summary>
    public BE32(uint value) => _raw = Swap(value);

    /// <summary>The number in the machine's own byte order.</summary>
    public uint Value => Swap(_raw);

    /// <summary>Reads the number.</summary>
    public static implicit operator uint(BE32 stored) => stored.Value;

    /// <summary>Stores a number.</summary>
    public static implicit operator BE32(uint value) => new(value);

    /// <summary>Whether both hold the same number.</summary>
    public static bool operator ==(BE32 left, BE32 right) => left._raw == right._raw;

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(BE32 left, BE32 right) => left._raw != right._raw;

    /// <inheritdoc/>
    public bool Equals(BE32 other) => _raw == other._raw;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BE32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    private static uint Swap(uint value) =>
        !BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
}
