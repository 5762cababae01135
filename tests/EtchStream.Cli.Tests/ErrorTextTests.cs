using EtchStream.Formats;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>What is said of an error, without and with <c>--verbose</c>.</summary>
public sealed class ErrorTextTests
{
    [Fact]
    public void Each_cause_that_says_something_new_is_a_line_and_the_places_follow_the_first_one_first()
    {
        var error = Thrown(() =>
        {
            var root = Thrown(() => throw new InvalidOperationException("the cable was pulled"));
            var middle = Thrown(() => throw new IOException("read failed", root));
            throw new CorruptFormatException("a.tar", -1, "read failed", middle);
        });
        var details = ErrorText.Details(error).ToList();
        Assert.Equal("caused by: the cable was pulled", details[0]);
        Assert.DoesNotContain(details, d => d == "caused by: read failed");
        string[] places = ["InvalidOperationException came up", "IOException came up", "CorruptFormatException came up"];
        Assert.Equal(places, details.Where(d => d.EndsWith(" came up", StringComparison.Ordinal)));
        Assert.Contains(details, d => d.Contains(nameof(ErrorTextTests), StringComparison.Ordinal));
        Assert.DoesNotContain(details, d => d.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void An_error_that_nobody_foresaw_is_told_as_a_defect()
    {
        Assert.Equal("x: no such file", ErrorText.Of(new FileNotFoundException("x: no such file")));
        Assert.Equal("a defect of this program: NullReferenceException: x; please report it with what --verbose says", ErrorText.Of(new NullReferenceException("x")));
    }

    [Fact]
    public void Verbose_is_the_same_line_and_more_below_it()
    {
        using var folder = new TemporaryFolder();
        var plain = CliProcess.Run("unpack", "http://localhost:1/a", folder["x"]).Error;
        var verbose = CliProcess.Run("unpack", "http://localhost:1/a", folder["x"], "--verbose").Error;
        Assert.Single(plain.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(plain, verbose, StringComparison.Ordinal);
        Assert.Contains("\nSocketException came up\n   at ", verbose, StringComparison.Ordinal);
        Assert.Contains("HttpArchiveStream", verbose, StringComparison.Ordinal);
    }

    private static Exception Thrown(Action action) => Record.Exception(action);
}
