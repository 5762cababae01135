using System.Globalization;
using System.Reflection;
using EtchStream.Archive;
using EtchStream.Formats.Tar;
using EtchStream.Oci;
using EtchStream.TestKit.Docs;
using Xunit;

namespace EtchStream.Tests.Docs;

/// <summary>The bounds that docs/security.md gives are those of the code.</summary>
public sealed class SecurityPageTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
    private static readonly Type[] Types = [.. new[] { typeof(ArchiveNames), typeof(TarReader), typeof(Digest) }.SelectMany(type => type.Assembly.GetTypes())];

    public static TheoryData<string, string> Bounds()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in MarkdownPage.Open("docs/security.md").Table("Bounds")) data.Add(row[2].Trim('`'), row[1]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void A_bound_is_that_of_the_code(string member, string shown) => Assert.Equal(ValueOf(member), Parse(shown));

    [Fact]
    public void Every_row_of_a_promise_names_a_test()
    {
        var page = MarkdownPage.Open("docs/security.md");
        foreach (var row in page.Table("What holds that").Concat(page.Table("Credentials"))) Assert.Contains("](../tests/", row[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8 MiB", 8L << 20)]
    [InlineData("64 KiB", 64L << 10)]
    [InlineData("1000000", 1_000_000L)]
    [InlineData("72 bytes", 72L)]
    [InlineData("30 s", 30L)]
    public void A_bound_is_read(string shown, long value) => Assert.Equal(value, Parse(shown));

    private static long Parse(string shown)
    {
        var words = shown.Split(' ');
        var number = long.Parse(words[0], CultureInfo.InvariantCulture);
        return words.ElementAtOrDefault(1) switch
        {
            null or "bytes" or "s" => number,
            "KiB" => number << 10,
            "MiB" => number << 20,
            var unit => throw new FormatException(unit),
        };
    }

    /// <summary>A constant, or what an object has that is made without being told anything.</summary>
    private static long ValueOf(string path)
    {
        var parts = path.Split('.');
        var type = Types.Single(t => t.Name == parts[0] && !t.IsNested);
        object? value = null;
        foreach (var part in parts.Skip(1))
        {
            var field = type.GetField(part, Any);
            var property = type.GetProperty(part, Any);
            Assert.True(field is not null || property is not null, $"{path}: there is no {part}");
            var isStatic = field?.IsStatic ?? property!.GetMethod!.IsStatic;
            value ??= isStatic ? null : Activator.CreateInstance(type);
            value = field is not null ? field.GetValue(value) : property!.GetValue(value);
            type = value!.GetType();
        }

        return value is TimeSpan time ? (long)time.TotalSeconds : Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }
}
