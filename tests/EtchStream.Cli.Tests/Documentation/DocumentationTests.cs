using EtchStream.Cli.Definitions;
using EtchStream.TestKit;
using EtchStream.TestKit.Docs;
using Xunit;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>What holds README.md and docs together: links that lead somewhere, command lines that the program takes, pages that stay short.</summary>
public sealed class DocumentationTests
{
    private const string Session = "docs/session.md";

    /// <summary>What the session shows because it is wrong.</summary>
    private const string WrongOnPurpose = "--verfy";

    /// <summary>What is no call: the texts of which a layer's names are digests.</summary>
    private const string NoCall = "etchstream overlay2 ";

    /// <summary>Options of other programs that the text speaks of.</summary>
    private static readonly string[] Foreign = ["--format=posix", "--xattrs", "--xattrs-include='*'", "--acls", "--soak", "--no-install", "--data-root"];

    public static TheoryData<string> Pages => [.. MarkdownPage.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading(string path)
    {
        var page = MarkdownPage.Open(path);
        Assert.All(page.Links.Where(link => !link.Target.Contains("://", StringComparison.Ordinal)), link => Assert.True(Problem(page, link.Text, link.Target) is null, $"{path}:{link.Line}: {Problem(page, link.Text, link.Target)}"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_is_one_that_the_program_takes(string path)
    {
        var page = MarkdownPage.Open(path);
        var calls = page.CodeBlocks.SelectMany(block => ShellLine.Calls(block.Content).Select(call => (block.Line, Call: call)));
        Assert.All(calls.Where(call => !(path == Session && call.Call.Contains(WrongOnPurpose))), call => Assert.True(Problem(call.Call, isWhole: true) is null, $"{path}, block at line {call.Line}: {Problem(call.Call, isWhole: true)}"));

        // In the text brackets mean that something can be left out.
        var spans = page.CodeSpans.Where(span => !span.Text.StartsWith(NoCall, StringComparison.Ordinal)).SelectMany(span => ShellLine.Calls(span.Text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)).Select(call => (span.Line, Call: call)));
        Assert.All(spans, call => Assert.True(Problem(call.Call, isWhole: false) is null, $"{path}:{call.Line}: {Problem(call.Call, isWhole: false)}"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_option_that_the_text_names_is_there(string path)
    {
        var known = CommandRunner.Definitions.SelectMany(verb => verb.Options).Select(option => "--" + option.Long).Concat(Foreign).Append("--help").Append("--version").ToHashSet(StringComparer.Ordinal);
        foreach (var (line, text) in MarkdownPage.Open(path).CodeSpans.Where(span => span.Text.StartsWith("--", StringComparison.Ordinal)))
            Assert.True(known.Contains(text.Split(' ', '=')[0]) || known.Contains(text.Split(' ')[0]), $"{path}:{line}: {text}");
    }

    [Fact]
    public void What_the_session_shows_to_be_wrong_is_wrong()
    {
        var calls = MarkdownPage.Open(Session).CodeBlocks.SelectMany(block => ShellLine.Calls(block.Content));
        Assert.NotNull(Problem(Assert.Single(calls, call => call.Contains(WrongOnPurpose)), isWhole: true));
    }

    [Theory]
    [InlineData("README.md", 80)]
    [InlineData("docs/architecture.md", 60)]
    public void A_page_that_is_to_be_read_at_a_glance_stays_short(string path, int most) => Assert.InRange(MarkdownPage.Open(path).Lines.Count, 1, most);

    [Fact]
    public void README_quotes_figures_that_stand_in_full_in_the_page_on_measuring()
    {
        var all = MarkdownPage.Open("docs/measuring.md").Table("Figures").Select(row => string.Join('|', row)).ToHashSet(StringComparer.Ordinal);
        Assert.All(MarkdownPage.Open("README.md").Table("How fast"), row => Assert.Contains(string.Join('|', row), all));
    }

    [Theory]
    [InlineData("etchstream pack --image a -o b", null)]
    [InlineData("etchstream pack --image a -o - | ssh b etchstream unpack - c 2>d", null)]
    [InlineData("source <(etchstream completion bash)", null)]
    [InlineData("etchstream: error: no call at all --bogus", null)]
    [InlineData("etchstream unpack a b # --bogus", null)]
    [InlineData("etchstream flash a b", "no verb")]
    [InlineData("etchstream unpack a b --bogus", "no option")]
    [InlineData("etchstream unpack a b --grow", "no value")]
    [InlineData("etchstream unpack a b --verify=yes", "takes no value")]
    [InlineData("etchstream unpack a b -R", "no option")]
    [InlineData("etchstream inspect a b", "too many")]
    [InlineData("cat a | etchstream unpack - 'b c' --progres json", "no option")]
    public void A_wrong_command_line_is_noticed(string line, string? problem)
    {
        var problems = ShellLine.Calls([line]).Select(call => Problem(call, isWhole: true)).OfType<string>().ToList();
        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "nowhere.md", "no such file")]
    [InlineData("x", "#nothing", "no heading")]
    [InlineData("x", "#a-heading-with-code", null)]
    [InlineData("x", "README.md#nothing", "no heading")]
    [InlineData("x", "README.md", null)]
    [InlineData("CommandRunner", "src/EtchStream.Cli/CommandRunner.cs", null)]
    [InlineData("CommandWalker", "src/EtchStream.Cli/CommandRunner.cs", "does not hold")]
    public void A_wrong_link_is_noticed(string text, string target, string? problem)
    {
        var found = Problem(MarkdownPage.Of("## A heading, with `code`"), text, target);
        if (problem is null) Assert.Null(found);
        else Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a link; null where nothing is.</summary>
    private static string? Problem(MarkdownPage page, string text, string target)
    {
        var hash = target.IndexOf('#', StringComparison.Ordinal);
        var file = hash < 0 ? target : target[..hash];
        var full = file.Length == 0 ? page.Path : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, file)).Replace('\\', '/');
        if (file.Length > 0 && !Path.Exists(Repository.File(full))) return $"{target}: no such file";
        if (hash >= 0 && !(file.Length == 0 ? page : MarkdownPage.Open(full)).Anchors.Contains(target[(hash + 1)..])) return $"{target}: no heading of that name";

        // One word that is shown for a source file is something in it: a type, a test, a constant.
        var word = text.Trim('`');
        var isName = full.EndsWith(".cs", StringComparison.Ordinal) && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
        return isName && word.Split('.').FirstOrDefault(part => !File.ReadAllText(Repository.File(full)).Contains(part, StringComparison.Ordinal)) is { } missing ? $"{target} does not hold {missing}" : null;
    }

    /// <summary>What is wrong with a call; null where nothing is.</summary>
    /// <param name="arguments">The words behind the program's name.</param>
    /// <param name="isWhole">Whether it is a whole call, and not one that the text speaks of.</param>
    private static string? Problem(IReadOnlyList<string> arguments, bool isWhole)
    {
        // A word in capitals stands for any.
        if (arguments.Count > 0 && arguments[0].All(char.IsAsciiLetterUpper)) return null;
        if (arguments is [] or ["…"] or ["--help"] or ["--version"] or ["help", _]) return null;
        if (CommandRunner.Definitions.FirstOrDefault(v => v.Name == arguments[0]) is not { } verb) return $"{arguments[0]}: no verb";
        var values = 0;
        for (var i = 1; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (word is "-" or not ['-', ..])
            {
                values++;
                continue;
            }

            if (word == "--help") continue;
            var name = word.Split('=')[0];
            if (verb.Options.FirstOrDefault(o => name == "--" + o.Long || name == "-" + o.Short) is not { } option) return $"{verb.Name} {word}: no option";
            if (word.Contains('=', StringComparison.Ordinal))
            {
                if (option.Value is null) return $"{verb.Name} {word}: it takes no value";
            }
            else if (option.Value is not null && (++i == arguments.Count || arguments[i] is ['-', _, ..]) && isWhole)
            {
                return $"{verb.Name} {word}: no value";
            }
        }

        return isWhole && values > verb.Values.Count && !verb.Values.Any(v => v.IsMany) ? $"{verb.Name}: too many values" : null;
    }
}
