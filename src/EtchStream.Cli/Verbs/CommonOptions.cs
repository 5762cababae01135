using System.Diagnostics.CodeAnalysis;
using CommandLine;
using EtchStream.Cli.Display;

namespace EtchStream.Cli.Verbs;

/// <summary>What every verb takes. The options of a verb are its properties, and are looked up by reflection.</summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
internal abstract class CommonOptions
{
    [Option("progress", MetaValue = "auto|plain|json|none", Default = "auto", HelpText = "How progress is shown on standard error: bars on a terminal, else a line every ten seconds (auto); lines of text; lines of JSON, and everything else there as JSON too; or not at all.")]
    public string Progress { get; set; } = "auto";

    [Option("quiet", HelpText = "Only errors: no progress, no summary, no warnings.")]
    public bool Quiet { get; set; }

    [Option("verbose", HelpText = "On an error, also what it was caused by, and where in the program it came up.")]
    public bool Verbose { get; set; }

    /// <summary>Whether standard error is for machines.</summary>
    public bool IsJsonProgress => Progress == "json";

    /// <summary>What to say when the run was interrupted.</summary>
    public virtual string Interrupted => "interrupted; nothing was left behind";

    /// <summary>Does the work.</summary>
    public abstract Task RunAsync(Terminal terminal, CancellationToken cancellationToken);

    /// <summary>The progress that the options ask for.</summary>
    protected ConsoleProgress OpenProgress(Terminal terminal, CancellationToken cancellationToken)
    {
        ProgressMode? mode = Progress switch
        {
            "auto" => terminal.IsErrorTerminal ? ProgressMode.Bars : ProgressMode.Sparse,
            "plain" => ProgressMode.Plain,
            "json" => ProgressMode.Json,
            "none" => ProgressMode.None,
            _ => null,
        };
        if (mode is null) throw Words.Complaint($"--progress '{Progress}'", Progress, ["auto", "plain", "json", "none"]);
        return new ConsoleProgress(terminal.OpenDisplay(Quiet ? ProgressMode.None : mode.Value), clock: null, cancellationToken);
    }

    /// <summary>Things worth knowing, on standard error.</summary>
    protected void Warn(Terminal terminal, IEnumerable<string> warnings)
    {
        if (Quiet) return;
        foreach (var warning in warnings) Notices.Warning(terminal, warning);
    }

    /// <summary>What was done, on standard error.</summary>
    protected void Summarize(Terminal terminal, params IEnumerable<string> lines)
    {
        if (!Quiet) Notices.Summary(terminal, lines);
    }
}
