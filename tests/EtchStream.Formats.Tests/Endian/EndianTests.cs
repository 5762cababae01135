using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using Xunit;

namespace EtchStream.Formats.Tests.Endian;

public class EndianTests
{
    [Fact]
    public void Each_type_is_exactly_as_long_as_its_number()
    {
        Assert.Equal(2, Unsafe.SizeOf<LE16>());
        Assert.Equal(4, Unsafe.SizeOf<LE32>());
        Assert.Equal(8, Unsafe.SizeOf<LE64>());
        Assert.Equal(2, Unsafe.SizeOf<BE16>());
        Assert.Equal(4, Unsafe.SizeOf<BE32>());
        Assert.Equal(8, Unsafe.SizeOf<BE64>());
    }

    [Fact]
    public void Little_endian_numbers_lie_lowest_byte_first()
    {
        Assert.Equal([0x34, 0x12], Bytes(new LE16(0x1234)));
        Assert.Equal([0x78, 0x56, 0x34, 0x12], Bytes(new LE32(0x12345678)));
        Assert.Equal([0xF0, 0xDE, 0xBC, 0x9A, 0x78, 0x56, 0x34, 0x12], Bytes(new LE64(0x123456789ABCDEF0)));
    }

    [Fact]
    public void Big_endian_numbers_lie_highest_byte_first()
    {
        Assert.Equal([0x12, 0x34], Bytes(new BE16(0x1234)));
        Assert.Equal([0x12, 0x34, 0x56, 0x78], Bytes(new BE32(0x12345678)));
        Assert.Equal([0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0], Bytes(new BE64(0x123456789ABCDEF0)));
    }

    [Fact]
    public void Numbers_go_in_and_out_by_implicit_conversion()
    {
        LE16 a = 0xFEDC;
        LE32 b = 0xFEDCBA98;
        LE64 c = 0xFEDCBA9876543210;
        BE16 d = 0xFEDC;
        BE32 e = 0xFEDCBA98;
        BE64 f = 0xFEDCBA9876543210;
        ushort a2 = a, d2 = d;
        uint b2 = b, e2 = e;
        ulong c2 = c, f2 = f;
        long widened = b;

        Assert.Equal(0xFEDC, a2);
        Assert.Equal(0xFEDC, d2);
        Assert.Equal(0xFEDCBA98, b2);
        Assert.Equal(0xFEDCBA98, e2);
        Assert.Equal(0xFEDCBA9876543210, c2);
        Assert.Equal(0xFEDCBA9876543210, f2);
        Assert.Equal(0xFEDCBA98L, widened);
    }

    [Fact]
    public void Equality_compares_the_numbers()
    {
        Assert.True(new LE32(7) == new LE32(7));
        Assert.True(new LE32(7) != new LE32(8));
        Assert.True(new BE16(7).Equals((object)new BE16(7)));
        Assert.Equal(new LE64(9).GetHashCode(), new LE64(9).GetHashCode());
        Assert.Equal("258", new BE16(258).ToString());
    }

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}
