using System.Diagnostics;
using EtchStream.TestKit;

namespace EtchStream.Cli.Tests;

/// <summary>Runs the program as a process, as a user does.</summary>
internal static class CliProcess
{
    /// <summary>Runs it to its end.</summary>
    public static HostToolResult Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill();
            throw new InvalidOperationException($"etchstream {string.Join(' ', arguments)}: not done after three minutes");
        }

        return new HostToolResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult(), string.Join(' ', arguments));
    }

    /// <summary>Starts it.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(EtchStreamProgram.Path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("etchstream did not start");
    }
}
