using System.Diagnostics;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>A run of the program as a process, with what it took.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="PeakMemory">The most memory it had, in bytes.</param>
internal sealed record MeasuredRun(int ExitCode, string Error, long PeakMemory)
{
    // No goal: what takes this long does not end.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs it to its end.</summary>
    /// <param name="feed">Writes its standard input; it may go away before it has read all.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<MeasuredRun> OfAsync(Func<Stream, Task>? feed, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = CliProcess.Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var fed = FeedAsync(process, feed);
        var peak = 0L;
        for (; !process.HasExited; await Task.Delay(20))
        {
            if (watch.Elapsed > Limit) process.Kill();
            Assert.True(watch.Elapsed < Limit, $"not done after {Limit}");
            process.Refresh();
            peak = Math.Max(peak, PeakOf(process));
        }

        await fed;
        return new MeasuredRun(process.ExitCode, await error, peak);
    }

    private static long PeakOf(Process process)
    {
        try
        {
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
            return 0;
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, Task>? feed)
    {
        var input = process.StandardInput.BaseStream;
        try
        {
            await using (input) if (feed is not null) await Task.Run(() => feed(input));
        }
        catch (IOException)
        {
            // It has ended, having seen enough.
        }
    }
}
