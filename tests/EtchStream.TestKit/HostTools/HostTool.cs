using System.Diagnostics;
using System.Text;

namespace EtchStream.TestKit;

/// <summary>What a program answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output, read as Latin-1 so that every byte is one character.</param>
/// <param name="Error">Standard error, likewise.</param>
/// <param name="CommandLine">What was run, for messages.</param>
public sealed record HostToolResult(int ExitCode, string Output, string Error, string CommandLine)
{
    /// <summary>This result, if the exit code is 0.</summary>
    /// <exception cref="InvalidOperationException">It is not; the message has both outputs.</exception>
    public HostToolResult Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{CommandLine}\nexited with {ExitCode}\n{Error}\n{Output}");
}

/// <summary>Runs programs of the host: directly, never through a shell, with a time limit.</summary>
public static class HostTool
{
    /// <summary>How long a program may take unless the caller says otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(15);

    /// <summary>Runs a program and returns what it answered, whatever its exit code.</summary>
    public static HostToolResult Run(string name, params string[] arguments) => Run(new HostToolCall(name, arguments));

    /// <summary>Runs a program that has to succeed.</summary>
    /// <exception cref="InvalidOperationException">It is missing, took too long, or exited with another code than 0.</exception>
    public static HostToolResult RunOk(string name, params string[] arguments) => Run(name, arguments).Succeeded();

    /// <summary>Runs a program with a working folder, an environment, standard input, or another time limit.</summary>
    public static HostToolResult Run(HostToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var path = HostPackages.Find(call.Name)
            ?? throw new InvalidOperationException($"{call.Name} is not on this machine: apt-get install {HostPackages.PackageOf(call.Name)}");
        var start = new ProcessStartInfo(path)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
            WorkingDirectory = call.WorkingDirectory ?? "",
        };
        foreach (var argument in call.Arguments) start.ArgumentList.Add(argument);

        // Messages are compared and parsed: no translation, no local time, and the sbin folders.
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        start.Environment["PATH"] = string.Join(':', HostPackages.SearchPath);
        foreach (var (key, value) in call.Environment) start.Environment[key] = value;

        var commandLine = $"{call.Name} {string.Join(' ', call.Arguments)}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{commandLine}: did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            if (call.Input.Length > 0) process.StandardInput.BaseStream.Write(call.Input.Span);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program stopped reading; its exit code says why.
        }

        if (!process.WaitForExit(call.Timeout ?? DefaultTimeout))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{commandLine}: not done after {call.Timeout ?? DefaultTimeout}");
        }

        Task.WaitAll(output, error);
        return new HostToolResult(process.ExitCode, output.Result, error.Result, commandLine);
    }
}

/// <summary>One run of a program.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Arguments">Its arguments, one each; no quoting is needed.</param>
public sealed record HostToolCall(string Name, params string[] Arguments)
{
    /// <summary>The folder to run in; null for the test's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Bytes for standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Variables to add to the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Time limit; null for <see cref="HostTool.DefaultTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }
}
