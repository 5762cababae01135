using System.Text;
using EtchStream.Cli.Display;
using EtchStream.Cli.Output;
using EtchStream.Unpack;

namespace EtchStream.Cli;

/// <summary>The ways in and out of the program: results go to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed class Terminal
{
    /// <summary>For results, and for help and version when they are asked for.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>For errors, warnings, progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person looks at standard error, so that a line there can be written over.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether standard output is a terminal, which bytes of an archive would only put out of order.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether more than ASCII can be drawn with on standard output: it is written as UTF-8, and to no terminal that calls itself dumb.</summary>
    public bool TakesUnicode { get; init; }

    /// <summary>Whether standard input is a terminal, where somebody would have to type an archive.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Characters in a line of the terminal; 0 where that is not known. It may change while the program runs.</summary>
    public Func<int> Width { get; init; } = static () => 0;

    /// <summary>Lines of the terminal; 0 where that is not known.</summary>
    public Func<int> Height { get; init; } = static () => 0;

    /// <summary>Where what goes to standard error is written as JSON; null where it is text.</summary>
    public JsonLines? Json { get; set; }

    /// <summary>Opens standard output for bytes.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Opens standard input for bytes.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens what a person types, also where standard input brings an archive; gives null where nobody can.</summary>
    public Func<TextReader?>? OpenQuestion { get; init; }

    /// <summary>Opens the archive that a command line names: <c>-</c> is standard input, everything else a file.</summary>
    public ArchiveInput OpenArchive(string pathOrDash)
    {
        if (pathOrDash != "-") return ArchiveInput.OpenFile(pathOrDash);
        if (IsInputTerminal) throw new UsageException("standard input is a terminal, no archive comes from there; redirect it, or name a file");
        return ArchiveInput.FromStream(OpenInput(), "standard input");
    }

    /// <summary>Opens a way to show progress.</summary>
    /// <returns>Null for not at all.</returns>
    public IProgressDisplay? OpenDisplay(ProgressMode mode)
    {
        if (mode == ProgressMode.Bars && new ErrorConsole(Error, Width, Height).TryOpen() is { } console) return new BarDisplay(console);
        return mode switch
        {
            ProgressMode.None => null,
            ProgressMode.Json => new JsonDisplay(Json ?? new JsonLines(Error)),
            ProgressMode.Plain => new LineDisplay(Error, TimeSpan.FromSeconds(2), showsStarts: true),
            _ => new LineDisplay(Error, TimeSpan.FromSeconds(10), showsStarts: false),
        };
    }

    /// <summary>The process's own standard streams.</summary>
    public static Terminal OfProcess() => new()
    {
        Out = Console.Out,
        Error = new UnfailingWriter(Console.Error),
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsInputTerminal = !Console.IsInputRedirected,
        TakesUnicode = Console.OutputEncoding.CodePage == Encoding.UTF8.CodePage && Environment.GetEnvironmentVariable("TERM") != "dumb",
        Width = Console.IsErrorRedirected ? static () => 0 : static () => Window(static () => Console.WindowWidth),
        Height = Console.IsErrorRedirected ? static () => 0 : static () => Window(static () => Console.WindowHeight),
        OpenOutput = StandardStreams.OpenOutput,
        OpenInput = () => ArchiveInput.OpenStandardInput().Stream,
        OpenQuestion = OpenTerminal,
    };

    private static TextReader? OpenTerminal()
    {
        if (!Console.IsInputRedirected) return Console.In;
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            return new StreamReader(new FileStream("/dev/tty", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No terminal belongs to this process.
            return null;
        }
    }

    private static int Window(Func<int> size)
    {
        try
        {
            return size();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
