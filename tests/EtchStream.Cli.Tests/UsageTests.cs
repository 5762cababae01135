using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("--bogus")]
    [InlineData("pack")]
    [InlineData("pack --bogus")]
    [InlineData("pack --image x")]
    [InlineData("pack -o x")]
    [InlineData("pack --image x -o y --inject 6")]
    [InlineData("pack --image x -o y --inject 6:/a")]
    [InlineData("pack --image x -o y --compress lzma")]
    [InlineData("pack --image x -o y --progress loud")]
    [InlineData("pack --image x -o y --compress")]
    [InlineData("pack --image x -o y --apps --container z")]
    [InlineData("pack --image x -o y --apps z --apps z")]
    [InlineData("pack --image x -o y --output=z")]
    [InlineData("pack --image x -o y -oz")]
    [InlineData("pack --image x -o --progress none")]
    [InlineData("unpack x y --progress")]
    [InlineData("unpack")]
    [InlineData("unpack x")]
    [InlineData("unpack x y -")]
    [InlineData("unpack x -")]
    [InlineData("unpack x y --grow much")]
    [InlineData("inspect")]
    [InlineData("inspect a b")]
    public void A_wrong_command_line_is_one_line_and_exit_code_2(string arguments)
    {
        var result = CliProcess.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("etchstream: ", result.Error);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void An_option_without_its_value_or_given_twice_is_named()
    {
        Assert.StartsWith("etchstream: --apps needs a value", CliProcess.Run("pack", "--image", "x", "-o", "y", "--apps", "--container", "z").Error);
        Assert.StartsWith("etchstream: --output is given twice", CliProcess.Run("pack", "--image", "x", "-o", "-", "--output", "z").Error);
    }

    [Theory]
    [InlineData("--help", "pack")]
    [InlineData("help", "unpack")]
    [InlineData("pack --help", "--inject")]
    [InlineData("help pack", "--compress")]
    [InlineData("unpack --help", "OUTPUT")]
    [InlineData("inspect --help", "--json")]
    [InlineData("check --help", "--json")]
    [InlineData("--version", "etchstream 0.")]
    public void Help_and_version_are_results(string arguments, string expected)
    {
        var result = CliProcess.Run(arguments.Split(' '));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(expected, result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void The_hint_names_the_help_of_the_verb()
    {
        Assert.Contains("etchstream pack --help", CliProcess.Run("pack", "--bogus").Error);
        Assert.Contains("PART:DEST=SRC", CliProcess.Run("pack", "--image", "x", "-o", "y", "--inject", "z").Error);
    }

    [Theory]
    [InlineData("unpak a b", "'unpak' is not a verb; did you mean unpack?")]
    [InlineData("inpsect a", "did you mean inspect?")]
    [InlineData("unpack a b --verfy", "unknown option '--verfy'; did you mean --verify?")]
    [InlineData("unpack a b --trustedkey x", "did you mean --trusted-key?")]
    [InlineData("pack --imgae x -o y", "did you mean --image?")]
    [InlineData("pack --image x -o y --progress jsn", "--progress 'jsn': it has to be auto, plain, json or none; did you mean json?")]
    [InlineData("unpack x y --grow nome", "--grow 'nome': it has to be auto, none or a size in bytes, or with K, M, G or T behind; did you mean none?")]
    [InlineData("pack --image x -o y --compress ztsd:3", "did you mean zstd?")]
    [InlineData("pack --image x -o y --container z --platform linux/amr64", "did you mean linux/arm64?")]
    [InlineData("pack --image x -o y --container z --platform arm46", "did you mean linux/arm64?")]
    [InlineData("completion fihs", "did you mean fish?")]
    public void A_word_that_is_nearly_right_is_named(string arguments, string message)
    {
        var result = CliProcess.Run(arguments.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unpack a b --frobnicate")]
    [InlineData("fly")]
    [InlineData("pack --image x -o y --progress loud")]
    [InlineData("unpack x y --grow 5X")]
    public void No_word_is_named_where_none_is_near(string arguments)
    {
        var result = CliProcess.Run(arguments.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain("did you mean", result.Error, StringComparison.Ordinal);
    }
}
