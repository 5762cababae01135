using System.Text;
using EtchStream.Formats.Ext4;
using Xunit;

namespace EtchStream.Formats.Tests.Ext4;

public class ChecksumTests
{
    /// <summary>Vectors of RFC 3720 B.4; ext4 chains the register without the final inversion.</summary>
    [Fact]
    public void Crc32c_gives_the_vectors_of_iSCSI()
    {
        Assert.Equal(0xE3069283u, ~Crc32c.Append(uint.MaxValue, "123456789"u8));
        Assert.Equal(0x8A9136AAu, ~Crc32c.Append(uint.MaxValue, new byte[32]));
        Assert.Equal(0x62A8AB43u, ~Crc32c.Append(uint.MaxValue, Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, ~Crc32c.Append(uint.MaxValue, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0x113FDB5Cu, ~Crc32c.Append(uint.MaxValue, Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray()));
    }

    [Fact]
    public void Crc32c_of_pieces_is_that_of_the_whole()
    {
        var bytes = new byte[777];
        new Random(1).NextBytes(bytes);
        var whole = Crc32c.Append(7, bytes);
        for (var cut = 0; cut <= bytes.Length; cut++) Assert.Equal(whole, Crc32c.Append(Crc32c.Append(7, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        Assert.Equal(Crc32c.Append(9, BitConverter.GetBytes(0x12345678u)), Crc32c.Append(9, 0x12345678u));
        Assert.Equal(Crc32c.Append(9, BitConverter.GetBytes(0x123456789ABCDEF0ul)), Crc32c.Append(9, 0x123456789ABCDEF0ul));
    }

    /// <summary>CRC-16/ARC begins with 0, CRC-16/MODBUS with 0xFFFF; both are the same polynomial.</summary>
    [Fact]
    public void Crc16_gives_the_vectors_of_its_polynomial()
    {
        var check = Encoding.ASCII.GetBytes("123456789");
        Assert.Equal(0xBB3D, Crc16.Append(0, check));
        Assert.Equal(0x4B37, Crc16.Append(0xFFFF, check));
        Assert.Equal(0x4B37, Crc16.Append(Crc16.Append(0xFFFF, check.AsSpan(0, 4)), check.AsSpan(4)));
    }
}
