using System.Diagnostics.CodeAnalysis;
using CommandLine;
using EtchStream.Cli.Output;

namespace EtchStream.Cli.Verbs;

/// <summary>What every verb takes. The options of a verb are its properties, and are looked up by reflection.</summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
internal abstract class CommonOptions
{
    [Option("progress", MetaValue = "auto|plain|json|none", Default = "auto", HelpText = "How progress is shown on standard error: one line that is written over (auto, on a terminal only), lines of text, lines of JSON, or not at all.")]
    public string Progress { get; set; } = "auto";

    [Option("quiet", HelpText = "Only errors: no progress, no summary, no warnings.")]
    public bool Quiet { get; set; }

    [Option("verbose", HelpText = "On an error, also what it was caused by, and where in the program it came up.")]
    public bool Verbose { get; set; }

    /// <summary>What to say when the run was interrupted.</summary>
    public virtual string Interrupted => "interrupted; nothing was left behind";

    /// <summary>Does the work.</summary>
    public abstract Task RunAsync(Terminal terminal, CancellationToken cancellationToken);

    /// <summary>The progress that the options ask for.</summary>
    protected ConsoleProgress OpenProgress(Terminal terminal)
    {
        ProgressMode? mode = Progress switch
        {
            "auto" => terminal.IsErrorTerminal ? ProgressMode.Line : ProgressMode.None,
            "plain" => ProgressMode.Plain,
            "json" => ProgressMode.Json,
            "none" => ProgressMode.None,
            _ => null,
        };
        if (mode is null) throw Words.Complaint($"--progress '{Progress}'", Progress, ["auto", "plain", "json", "none"]);
        return new ConsoleProgress(Quiet ? ProgressMode.None : mode.Value, terminal.Error, terminal.Width);
    }

    /// <summary>Warnings and a summary for the person, on standard error.</summary>
    protected void Tell(Terminal terminal, string line)
    {
        if (!Quiet) terminal.Error.WriteLine(Text.OneLine(line));
    }
}
