using System.Reflection;
using System.Runtime.InteropServices;
using CommandLine;
using CommandLine.Text;
using EtchStream.Cli.Definitions;
using EtchStream.Cli.Display;
using EtchStream.Cli.Verbs;

namespace EtchStream.Cli;

/// <summary>From the arguments to an exit code: parses, runs the verb, turns what went wrong into one line.</summary>
internal static class CommandRunner
{
    private const string Name = "etchstream";

    private static readonly Type[] Verbs =
        [typeof(PackVerb), typeof(UnpackVerb), typeof(InspectVerb), typeof(CheckVerb), typeof(ListVerb), typeof(CatVerb), typeof(ExtractVerb), typeof(DemoVerb), typeof(CompletionVerb)];

    /// <summary>The verbs, for what is generated from them.</summary>
    public static IReadOnlyList<VerbDefinition> Definitions =>
    [
        // Each by its own name, so that the compiler to native code sees what is looked into.
        VerbDefinition.Of(typeof(PackVerb)), VerbDefinition.Of(typeof(UnpackVerb)), VerbDefinition.Of(typeof(InspectVerb)), VerbDefinition.Of(typeof(CheckVerb)), VerbDefinition.Of(typeof(ListVerb)),
        VerbDefinition.Of(typeof(CatVerb)), VerbDefinition.Of(typeof(ExtractVerb)), VerbDefinition.Of(typeof(DemoVerb)), VerbDefinition.Of(typeof(CompletionVerb)),
    ];

    /// <summary>The program's version, as Directory.Build.props has it: three numbers, and what comes before a release behind them (<c>1.0.0-rc.1</c>).</summary>
    public static string Version => typeof(CommandRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(terminal);
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AllowMultiInstance = true;
            settings.AutoHelp = true;
            settings.AutoVersion = true;
        });
        // "help pack" is "pack --help"; the parser would only list the verbs.
        if (args is ["help", var topic] && IsVerb(topic)) args = [topic, "--help"];
        var result = parser.ParseArguments(args, Verbs);
        if (result is Parsed<object> { Value: CommonOptions verb })
        {
            if (ScalarOptions.Complaint(args[1..], verb) is { } complaint)
            {
                Notices.Error(terminal, Hinted(complaint, args), ExitCode.Usage);
                return ExitCode.Usage;
            }

            return await RunAsync(verb, terminal, cancellationToken).ConfigureAwait(false);
        }

        return Answer(result, args, terminal);
    }

    private static async Task<int> RunAsync(CommonOptions verb, Terminal terminal, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = Cancel(stop, PosixSignal.SIGINT);
        using var terminate = Cancel(stop, PosixSignal.SIGTERM);
        using var hangUp = Cancel(stop, PosixSignal.SIGHUP);

        // A verb that runs others says itself that all is done.
        var outer = terminal.Json;
        terminal.Json = verb.IsJsonProgress ? outer ?? new JsonLines(terminal.Error) : null;
        try
        {
            await verb.RunAsync(terminal, stop.Token).ConfigureAwait(false);
            await terminal.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            if (!verb.Quiet && outer is null) Notices.Done(terminal);
            return ExitCode.Done;
        }
        catch (Exception error)
        {
            var code = ExitCode.Of(error);
            if (IsClosedPipe(error) && !verb.Verbose) return code;
            Notices.Error(terminal, error is OperationCanceledException ? verb.Interrupted : ErrorText.Of(error), code, verb.Verbose ? ErrorText.Details(error) : []);
            return code;
        }
        finally
        {
            terminal.Json = outer;
        }
    }

    /// <summary>The first signal asks the run to stop and clean up; a second one ends the process as it would without us.</summary>
    private static PosixSignalRegistration Cancel(CancellationTokenSource stop, PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (stop.IsCancellationRequested) return;
        context.Cancel = true;
        stop.Cancel();
    });

    /// <summary>The reader of our standard output has gone (<c>… | head</c>): it knows, and needs no message.</summary>
    private static bool IsClosedPipe(Exception error) => error is IOException { HResult: 32 } && !OperatingSystem.IsWindows();

    private static int Answer(ParserResult<object> result, string[] args, Terminal terminal)
    {
        var errors = result is NotParsed<object> notParsed ? notParsed.Errors.ToList() : [];
        if (errors.Any(e => e.Tag is ErrorType.VersionRequestedError))
        {
            terminal.Out.WriteLine($"{Name} {Version}");
            return ExitCode.Done;
        }

        if (errors.Any(e => e.Tag is ErrorType.HelpRequestedError or ErrorType.HelpVerbRequestedError))
        {
            terminal.Out.WriteLine(HelpScreen.Build(result));
            return ExitCode.Done;
        }

        Notices.Error(terminal, Hinted(UsageText.Of(errors, Definitions, args.FirstOrDefault()), args), ExitCode.Usage);
        return ExitCode.Usage;
    }

    private static string Hinted(string complaint, string[] args) => $"{complaint} (see {Name} {(args.Length > 0 && IsVerb(args[0]) ? args[0] + " " : "")}--help)";

    private static bool IsVerb(string text) => Verbs.Any(v => v.GetCustomAttributes(typeof(VerbAttribute), inherit: false).Cast<VerbAttribute>().Any(a => a.Name == text));
}
