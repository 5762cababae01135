using System.Globalization;
using System.Text.RegularExpressions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>What README and docs say of messages and exit codes is what the program says.</summary>
public sealed partial class DocumentedTextTests
{
    public static TheoryData<string> Pages => [.. Directory.GetFiles(Repository.File("docs"), "*.md").Append(Repository.File("README.md")).Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_line_that_the_program_says_is_one_of_the_messages_that_are_tested(string page)
    {
        // A warning or error that is shown elsewhere belongs on the page of messages too, where a test produces it.
        foreach (var line in File.ReadAllLines(Repository.File(page)).Where(l => l.StartsWith("etchstream: ", StringComparison.Ordinal)))
        {
            Assert.True(MessagePage.Messages.Any(m => MessagePage.Pattern(m.Message).IsMatch(line)), $"{page}: {MessagePage.Path} has no message for: {line}");
        }
    }

    [Fact]
    public void The_table_of_exit_codes_is_that_of_the_program() => Assert.Equal(ExitCode.Meanings, Table(MessagePage.Path));

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_page_has_another_table_of_exit_codes(string page)
    {
        if (Table(page) is { Count: > 0 } table) Assert.Equal(ExitCode.Meanings, table);
    }

    [Fact]
    public void The_help_lists_the_same_exit_codes()
    {
        var help = CliProcess.Run("--help").Succeeded().Output;
        foreach (var (code, meaning) in ExitCode.Meanings) Assert.Contains($"{code} {meaning}", Blanks().Replace(help, " "), StringComparison.Ordinal);
    }

    private static List<(int Code, string Meaning)> Table(string page)
    {
        var lines = File.ReadAllLines(Repository.File(page));
        var start = Array.FindIndex(lines, l => l == "| exit code | meaning |");
        if (start < 0) return [];
        return [.. lines.Skip(start + 2).TakeWhile(l => l.StartsWith('|')).Select(l => l.Split('|')).Select(c => (int.Parse(c[1], CultureInfo.InvariantCulture), c[2].Trim()))];
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
