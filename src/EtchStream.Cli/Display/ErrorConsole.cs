using System.Text;
using Spectre.Console;

namespace EtchStream.Cli.Display;

/// <summary>Standard error as a console that can be drawn on.</summary>
internal sealed class ErrorConsole(TextWriter writer, Func<int> width, Func<int> height) : IAnsiConsoleOutput
{
    private const int UnknownWidth = 80;
    private const int UnknownHeight = 24;

    /// <inheritdoc/>
    public TextWriter Writer => writer;

    /// <inheritdoc/>
    public bool IsTerminal => true;

    /// <inheritdoc/>
    public int Width => width() is > 1 and var columns ? columns : UnknownWidth;

    /// <inheritdoc/>
    public int Height => height() is > 1 and var rows ? rows : UnknownHeight;

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding)
    {
        // It writes as the system's standard error does.
    }

    /// <summary>Opens it.</summary>
    /// <returns>Null where lines cannot be written over: TERM names no terminal that can.</returns>
    public IAnsiConsole? TryOpen()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = this, Interactive = InteractionSupport.Yes });
        return console.Profile.Capabilities.Ansi ? console : null;
    }
}
