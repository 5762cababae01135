using System.Text;
using EtchStream.Engine;
using Xunit;

namespace EtchStream.Tests.Engine;

public sealed class Crc64Tests
{
    [Theory]
    [InlineData("", 0UL)]
    [InlineData("a", 0x3420000000000000UL)]
    [InlineData("ab", 0x36c4200000000000UL)]
    [InlineData("123456789", 0xB90956C775A41001UL)]
    public void The_checksum_is_that_of_the_standard(string text, ulong expected) => Assert.Equal(expected, Crc64.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Cutting_the_data_anywhere_changes_nothing()
    {
        var data = new byte[67];
        new Random(3).NextBytes(data);
        var whole = BitByBit(data);
        for (var cut = 0; cut <= data.Length; cut++) Assert.Equal(whole, Crc64.Compute(data.AsSpan(cut), Crc64.Compute(data.AsSpan(0, cut))));
    }

    [Fact]
    public void All_lengths_give_what_the_definition_gives()
    {
        var data = new byte[300];
        new Random(4).NextBytes(data);
        for (var length = 0; length <= data.Length; length++) Assert.Equal(BitByBit(data[..length]), Crc64.Compute(data.AsSpan(0, length)));
    }

    private static ulong BitByBit(byte[] data)
    {
        var crc = ulong.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xD800000000000000;
        }

        return ~crc;
    }

    [Fact]
    public void Large_steps_give_what_small_ones_do()
    {
        var data = new byte[3000];
        new Random(5).NextBytes(data);
        for (var length = 0; length <= 700; length++)
        {
            for (var start = 0; start < 3; start++)
            {
                Assert.Equal(Crc64.ComputeByTable(data.AsSpan(start, length), 77), Crc64.Compute(data.AsSpan(start, length), 77));
            }
        }

        Assert.Equal(Crc64.ComputeByTable(data), Crc64.Compute(data));
    }
}
