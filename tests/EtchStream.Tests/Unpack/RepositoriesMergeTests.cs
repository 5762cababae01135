using System.Text;
using EtchStream.Formats;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class RepositoriesMergeTests
{
    private const string Supervisor = """{"Repositories":{"registry2.balena-cloud.com/v2/sup":{"registry2.balena-cloud.com/v2/sup:latest":"sha256:aa","registry2.balena-cloud.com/v2/sup@sha256:11":"sha256:aa"}}}""";

    [Fact]
    public void Entries_of_both_are_in_order_and_ours_wins()
    {
        Assert.Equal(
            """{"Repositories":{"a":{"a:1":"sha256:ours"},"b":{"b:1":"sha256:ours","b:2":"sha256:theirs","b@sha256:00":"sha256:ours"},"c":{"c:1":"sha256:theirs"}}}""",
            Merge(
                """{"Repositories":{"c":{"c:1":"sha256:theirs"},"b":{"b:2":"sha256:theirs","b:1":"sha256:theirs"}}}""",
                """{"Repositories":{"b":{"b@sha256:00":"sha256:ours","b:1":"sha256:ours"},"a":{"a:1":"sha256:ours"}}}"""));
    }

    [Fact]
    public void What_an_engine_wrote_comes_out_as_it_was_when_nothing_is_added()
    {
        Assert.Equal(Supervisor, Merge(Supervisor, """{"Repositories":{}}"""));
        Assert.Equal(Supervisor, Merge(Supervisor, Supervisor));
        Assert.Equal(Supervisor, Merge(null, Supervisor));
        Assert.Equal(Supervisor, Merge(""" { } """ + "\n", Supervisor));
        Assert.Equal(Supervisor, Merge("""{"Repositories":null}""", Supervisor));
    }

    [Fact]
    public void Keys_are_in_the_order_of_their_characters() =>
        Assert.Equal(
            """{"Repositories":{"A":{},"a":{"a-b":"3","a.b":"2","a/b":"1","a:b":"0"},"a/b":{}}}""",
            Merge("""{"Repositories":{"a/b":{},"a":{"a:b":"0","a/b":"1","a.b":"2","a-b":"3"},"A":{}}}""", """{"Repositories":{}}"""));

    [Fact]
    public void Other_members_are_kept_as_they_were_written() =>
        Assert.Equal(
            """{"Repositories":{"a":{"a:1":"x"}},"Version":1e400,"list" : [ {"Repositories":[]}, "\ud800" ]}""",
            Merge("""{"Version":1e400,"Repositories":{}, "list" : [ {"Repositories":[]}, "\ud800" ] }""", """{"Repositories":{"a":{"a:1":"x"}}}"""));

    /// <summary>Expected text: what json.Marshal of Go 1.18 makes of it.</summary>
    [Fact]
    public void Text_is_escaped_as_Go_does() =>
        Assert.Equal(
            """{"Repositories":{"\u003cb\u003e\u0026\"\\/'+`é😀":{"\u0000\u0001\u0008\t\n\u000b\u000c\r\u001f ~""" + "\u007f" + """\u2028\u2029":"x"}}}""",
            Merge(null, """{"Repositories":{"<b>&\"\\/'+`é\ud83d\ude00":{"\u0000\u0001\b\t\n\u000b\f\r\u001f ~\u007f\u2028\u2029":"x"}}}"""));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"Repositories\":[]}")]
    [InlineData("{\"Repositories\":{\"a\":null}}")]
    [InlineData("{\"Repositories\":{\"a\":\"b\"}}")]
    [InlineData("{\"Repositories\":{\"a\":{\"b\":1}}}")]
    [InlineData("{\"Repositories\":{\"a\":{\"b\":null}}}")]
    [InlineData("{\"Repositories\":{\"a\":{\"b\":\"c\",\"b\":\"d\"}}}")]
    [InlineData("{\"Repositories\":{\"a\":{},\"a\":{}}}")]
    [InlineData("{\"Repositories\":{},\"Repositories\":{}}")]
    [InlineData("{\"repositories\":{}}")]
    [InlineData("{\"Repositories\":{},}")]
    [InlineData("{\"Repositories\":{\"\\ud800\":{}}}")]
    [InlineData("{\"Repositories\":{\"a\":{\"b\":\"\\udc00\"}}}")]
    [InlineData("\uFEFF{\"Repositories\":{}}")]
    public void A_file_that_is_none_is_corrupt_on_either_side(string text)
    {
        var existing = Assert.Throws<CorruptFormatException>(() => Merge(text, Supervisor));
        Assert.Contains("repair or delete it", existing.Message, StringComparison.Ordinal);
        var ours = Assert.Throws<CorruptFormatException>(() => Merge(Supervisor, text));
        Assert.Contains("the archive brings", ours.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', existing.Message + ours.Message);
    }

    [Fact]
    public void Damage_is_read_or_refused_with_our_own_error()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"x":[1,{"é":null}],"Repositories":{"a\u0041":{"a:1":"sha256:11"},"b":{}}}""");
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<CorruptFormatException>(() => RepositoriesMerge.Merge(bytes[..length], bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = Record.Exception(() => RepositoriesMerge.Merge(flipped, bytes));
            Assert.True(error is null or CorruptFormatException, $"bit {bit}: {error}");
        }

        var deep = Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 100_000));
        Assert.Throws<CorruptFormatException>(() => RepositoriesMerge.Merge(deep, bytes));
    }

    private static string Merge(string? existing, string added) =>
        Encoding.UTF8.GetString(RepositoriesMerge.Merge(existing is null ? null : Encoding.UTF8.GetBytes(existing), Encoding.UTF8.GetBytes(added)));
}
