using EtchStream.Cli.Output;

namespace EtchStream.Cli.Display;

/// <summary>Progress as lines of text, for a log.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="interval">How often.</param>
/// <param name="showsStarts">Whether each phase is told when it begins, however short the run.</param>
internal sealed class LineDisplay(TextWriter writer, TimeSpan interval, bool showsStarts) : IProgressDisplay
{
    /// <inheritdoc/>
    public TimeSpan Interval => interval;

    /// <inheritdoc/>
    public void Run(Func<ProgressView?> next)
    {
        var shown = TimeSpan.Zero;
        while (next() is { } view)
        {
            if (view.IsPhaseStart && !showsStarts && view.Elapsed - shown < interval) continue;
            shown = view.Elapsed;
            writer.WriteLine(Line(view));
            writer.Flush();
        }
    }

    private static string Line(ProgressView view)
    {
        var (phase, state) = (view.Current, view.State);
        var line = phase.Name + ": " + Text.Bytes(state.Bytes);
        if (state.TotalBytes is > 0 and var total) line += $" of {Text.Bytes(total)} ({Percent(state.Bytes, total)}%)";
        if (phase.Rate >= 1) line += $", {Text.Bytes((long)phase.Rate)}/s";
        if (phase.Left is { } left) line += $", {Text.Duration(left)} left";
        if (state.Entries > 0) line += $", {Text.Count(state.Entries, "entry", "entries")}";
        if (state.Path is not null) line += ", " + Text.OneLine(state.Path);
        if (view.Stall is { } stall) line += $"; waiting for {Text.OneLine(stall.For)} for {Text.Duration(stall.Time)}";
        return line;
    }

    /// <summary>How far: 100 only when all is done.</summary>
    internal static int Percent(long bytes, long total) => (int)Math.Clamp(Math.Floor(100.0 * bytes / total), 0, 100);
}
