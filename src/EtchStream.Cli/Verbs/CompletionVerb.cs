using CommandLine;
using EtchStream.Cli.Definitions;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream completion</c>.</summary>
[Verb("completion", HelpText = "Print what bash, zsh or fish needs to complete this program's command lines, or its manual page.")]
internal sealed class CompletionVerb : CommonOptions
{
    [Value(0, MetaName = "bash|zsh|fish|man", HelpText = "For which: source <(etchstream completion bash); etchstream completion man | man -l -")]
    public string? Shell { get; set; }

    [Value(1, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one shell only");
        var verbs = CommandRunner.Definitions;
        await terminal.Out.WriteAsync(Shell switch
        {
            "bash" => Completions.Bash(verbs),
            "zsh" => Completions.Zsh(verbs),
            "fish" => Completions.Fish(verbs),
            "man" => ManualPage.Of(verbs, CommandRunner.Version),
            null or "" => throw new UsageException("the shell is missing: etchstream completion bash, zsh, fish or man"),
            _ => throw Words.Complaint($"'{Shell}'", Shell, ["bash", "zsh", "fish", "man"]),
        }).ConfigureAwait(false);
    }
}
