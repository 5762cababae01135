using EtchStream.Formats.Fat;
using EtchStream.Formats.Unix;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

public class FatTimeTests
{
    [Theory]
    [InlineData(315_532_800, 0, 0x0021, 0x0000, 0)]
    [InlineData(315_532_799, 999_999_999, 0x0021, 0x0000, 0)]
    [InlineData(long.MinValue, 0, 0x0021, 0x0000, 0)]
    [InlineData(1_709_210_097, 129_999_999, 0x585D, 0x645C, 112)]
    [InlineData(4_354_819_199, 0, 0xFF9F, 0xBF7D, 100)]
    [InlineData(4_354_819_200, 0, 0xFF9F, 0xBF7D, 199)]
    [InlineData(long.MaxValue, 0, 0xFF9F, 0xBF7D, 199)]
    public void A_time_has_two_seconds_and_a_creation_time_hundredths(long seconds, int nanoseconds, int date, int time, int hundredths) =>
        Assert.Equal(((ushort)date, (ushort)time, (byte)hundredths), FatTime.Encode(new UnixTime(seconds, nanoseconds)));

    [Fact]
    public void Every_day_and_every_second_pair_is_read_back()
    {
        for (var day = FatTime.Minimum; day <= FatTime.Maximum; day += 86_400)
        {
            var seconds = day + ((day / 86_400 * 7919 % 43_200) * 2);
            var (date, time, _) = FatTime.Encode(new UnixTime(seconds + 1));
            Assert.Equal(seconds, FatTime.Decode(date, time).Seconds);
        }
    }

    [Fact]
    public void Any_bits_are_some_time()
    {
        for (var bits = 0; bits <= 0xFFFF; bits++)
        {
            Assert.True(FatTime.Fits(FatTime.Decode((ushort)bits, (ushort)(bits ^ 0x5A5A))));
        }
    }
}
