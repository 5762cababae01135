using EtchStream.Cli.Output;

namespace EtchStream.Cli.Display;

/// <summary>What is said on standard error beside progress: as text, or, with <c>--progress json</c>, as JSON like the progress itself.</summary>
internal static class Notices
{
    /// <summary>Something worth knowing.</summary>
    public static void Warning(Terminal terminal, string message) => Tell(terminal, "warning", message, $"etchstream: warning: {message}");

    /// <summary>What was done, several lines.</summary>
    public static void Summary(Terminal terminal, IEnumerable<string> lines)
    {
        foreach (var line in lines) Tell(terminal, "summary", line, line);
    }

    /// <summary>What became of one of several outputs.</summary>
    public static void Output(Terminal terminal, string path, string? failure)
    {
        if (terminal.Json is { } json)
        {
            json.Write("output", members =>
            {
                members.WriteString("path", path);
                if (failure is not null) members.WriteString("error", failure);
            });
        }
        else
        {
            terminal.Error.WriteLine(Text.OneLine(failure is null ? $"  done    {path}" : $"  FAILED  {path}: {failure}"));
        }
    }

    /// <summary>Why the run failed.</summary>
    /// <param name="terminal">Where it is told.</param>
    /// <param name="message">One line.</param>
    /// <param name="exitCode">The program's exit code.</param>
    /// <param name="details">More lines for who asked for them.</param>
    public static void Error(Terminal terminal, string message, int exitCode, params IEnumerable<string> details)
    {
        try
        {
            if (terminal.Json is { } json)
            {
                json.Write("error", members =>
                {
                    members.WriteNumber("exitCode", exitCode);
                    members.WriteString("message", message);
                    if (details.Any()) members.WriteString("detail", string.Join('\n', details));
                });
                return;
            }

            terminal.Error.WriteLine($"etchstream: {Text.OneLine(message)}");
            foreach (var line in details) terminal.Error.WriteLine(Text.OneLine(line));
            terminal.Error.Flush();
        }
        catch (IOException)
        {
            // Nobody reads standard error; the exit code still says it.
        }
    }

    /// <summary>All is done; only machines are told.</summary>
    public static void Done(Terminal terminal) => terminal.Json?.Write("done", members => members.WriteNumber("exitCode", ExitCode.Done));

    private static void Tell(Terminal terminal, string kind, string message, string text)
    {
        if (terminal.Json is { } json) json.Write(kind, members => members.WriteString("message", message));
        else terminal.Error.WriteLine(Text.OneLine(text));
    }
}
