using System.Text.RegularExpressions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Completions and manual page are generated from the same definitions as the help; the shells and groff judge them.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private static readonly string[] Verbs = ["pack", "unpack", "inspect", "check", "ls", "cat", "extract", "demo", "completion"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("man")]
    public void All_verbs_and_options_of_the_help_are_there(string kind)
    {
        var text = Write(kind).Replace("\\-", "-", StringComparison.Ordinal);
        Assert.Equal(Verbs, VerbInHelp().Matches(CliProcess.Run("--help").Succeeded().Output).Select(m => m.Groups[1].Value).Where(v => v is not ("help" or "version")));
        foreach (var verb in Verbs)
        {
            var help = CliProcess.Run(verb, "--help").Succeeded().Output;
            var options = OptionInHelp().Matches(help).Select(m => m.Groups[1].Value).Where(o => o is not ("help" or "version")).ToList();
            Assert.Contains("progress", options);
            var part = PartOf(text, kind, verb);
            foreach (var option in options) Assert.Contains(kind == "fish" ? $"-l {option} " : $"--{option}", part, StringComparison.Ordinal);
        }
    }

    [ToolFact("bash")]
    public void Bash_completes()
    {
        Write("bash");
        Assert.Equal("unpack", Bash("etchstream unp", 1));
        Assert.Equal("--verify --verbose", Bash("etchstream unpack --ver", 2));
        Assert.Equal("auto plain json none", Bash("etchstream unpack --progress ''", 3));
        Assert.Equal("", Bash("etchstream unpack --grow ''", 3).Replace("auto none", "", StringComparison.Ordinal));
    }

    [ToolFact("fish")]
    public void Fish_completes()
    {
        Write("fish");
        var options = HostTool.RunOk("fish", "--no-config", "-c", $"source {_folder["fish"]}; complete -C 'etchstream unpack --ver'").Output;
        Assert.Contains("--verify\t", options, StringComparison.Ordinal);
        Assert.DoesNotContain("--container", options, StringComparison.Ordinal);
        Assert.Contains("json", HostTool.RunOk("fish", "--no-config", "-c", $"source {_folder["fish"]}; complete -C 'etchstream unpack --progress '").Output, StringComparison.Ordinal);
    }

    [ToolFact("zsh")]
    public void Zsh_takes_its_completion()
    {
        Write("zsh");
        HostTool.RunOk("zsh", "-f", "-n", _folder["zsh"]);
        Assert.Contains("_etchstream", HostTool.RunOk("zsh", "-f", "-c", $"autoload -U compinit; compinit -D -d {_folder["dump"]}; source {_folder["zsh"]}; print $_comps[etchstream]").Output, StringComparison.Ordinal);
    }

    [ToolFact("groff")]
    public void The_manual_page_is_one()
    {
        Write("man");
        var run = HostTool.RunOk("groff", "-man", "-Tutf8", "-P-cbou", "-ww", _folder["man"]);
        Assert.Empty(run.Error);
        Assert.Contains("EXIT STATUS", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_shell_is_refused()
    {
        var run = CliProcess.Run("completion", "tcsh");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("bash, zsh, fish or man", run.Error, StringComparison.Ordinal);
    }

    private static string PartOf(string text, string kind, string verb)
    {
        if (kind == "fish") return string.Join('\n', text.Split('\n').Where(line => line.Contains($"__fish_seen_subcommand_from {verb}'", StringComparison.Ordinal)));
        var start = text.IndexOf(kind == "man" ? $".SH \"etchstream {verb}\"" : $"        {verb})\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{kind}: nothing of {verb}");
        var end = text.IndexOf(kind == "man" ? "\n.SH" : "\n            ;;\n", start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    private string Write(string kind)
    {
        var text = CliProcess.Run("completion", kind).Succeeded().Output;
        File.WriteAllText(_folder[kind], text);
        return text;
    }

    private string Bash(string words, int at) =>
        HostTool.RunOk("bash", "-c", $"source \"$0\"; COMP_WORDS=({words}); COMP_CWORD={at}; _etchstream; echo \"${{COMPREPLY[@]}}\"", _folder["bash"]).Output.Trim();

    [GeneratedRegex(@"^  ([a-z]+) ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex VerbInHelp();

    [GeneratedRegex(@"^  (?:-\w, )?--([a-z-]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex OptionInHelp();
}
