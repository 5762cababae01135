using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

/// <summary>Each verdict is that of <c>!isNaN(+s) &amp;&amp; +s === parseInt(s, 10) &amp;&amp; +s >= 0</c> in Node.js.</summary>
public sealed class SupervisorNumberTests
{
    [Theory]
    [InlineData("0", true)]
    [InlineData("-0", true)]
    [InlineData("007", true)]
    [InlineData("+5", true)]
    [InlineData(" \t12\n", true)]
    [InlineData("\ufeff12\u00a0", true)]
    [InlineData("\u008512", false)]
    [InlineData("1.0", true)]
    [InlineData("5.", true)]
    [InlineData("12e0", true)]
    [InlineData("120e-1", false)]
    [InlineData("1e3", false)]
    [InlineData("0e3", true)]
    [InlineData("00000000000000000000000000000e12", true)]
    [InlineData("12345678901234567890123456789e12", false)]
    [InlineData("1e999", false)]
    [InlineData("1000000000000000000000000000000", true)]
    [InlineData("0x0", true)]
    [InlineData("0x10", false)]
    [InlineData("0B00", true)]
    [InlineData("0o1", false)]
    [InlineData("0x", false)]
    [InlineData("-0x0", false)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("-", false)]
    [InlineData(".0", false)]
    [InlineData("1.5", false)]
    [InlineData("1.0.0", false)]
    [InlineData("-1", false)]
    [InlineData("1e", false)]
    [InlineData("1e+", false)]
    [InlineData("12abc", false)]
    [InlineData("1 2", false)]
    [InlineData("1,0", false)]
    [InlineData("Infinity", false)]
    [InlineData("NaN", false)]
    [InlineData("١", false)]
    [InlineData("1a2b3c4d5e6f708192a3b4c5d6e7f801", false)]
    public void A_text_is_an_ID_where_the_supervisor_says_so(string text, bool isIdentifier) => Assert.Equal(isIdentifier, SupervisorNumber.IsIdentifier(text));

    [Fact]
    public void Digits_beyond_a_doubles_range_are_equal_infinities() => Assert.True(SupervisorNumber.IsIdentifier(new string('9', 400)));

    [Theory]
    [InlineData("0", true)]
    [InlineData("12", true)]
    [InlineData("9007199254740991", true)]
    [InlineData("9007199254740992", false)]
    [InlineData("99999999999999999", false)]
    [InlineData("00", false)]
    [InlineData("", false)]
    [InlineData("1.0", false)]
    [InlineData("+1", false)]
    public void A_plain_number_is_the_one_that_JavaScript_would_write(string text, bool isPlain) => Assert.Equal(isPlain, SupervisorNumber.IsPlain(text));

    [Fact]
    public void JavaScript_finds_array_indices_first()
    {
        Assert.Equal("9", ScriptOrder.First(["a", "10", "9", "01"]));
        Assert.Equal("01", ScriptOrder.First(["a", "01"]));
        Assert.Equal("1", ScriptOrder.First(["4294967295", "", "1"]));
        Assert.Equal("4294967294", ScriptOrder.First(["4294967295", "", "4294967294"]));
        Assert.Equal("", ScriptOrder.First(["4294967295", "", "b"]));
    }
}
