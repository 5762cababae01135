using Spectre.Console;
using Spectre.Console.Rendering;

namespace EtchStream.Cli.Display;

/// <summary>Progress as bars that are written over: one for each phase, one for each layer that is on its way.</summary>
internal sealed class BarDisplay(IAnsiConsole console) : IProgressDisplay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.3);

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public void Run(Func<ProgressView?> next)
    {
        // A run that is over at once shall not flicker.
        var first = next();
        while (first is not null && first.Elapsed < Patience) first = next();
        if (first is null) return;
        console.Live(Draw(first)).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            live.Refresh();
            while (next() is { } view) live.UpdateTarget(Draw(view));
        });
    }

    // The last column stays free: a line that fills the row may wrap.
    private IRenderable Draw(ProgressView view) => new Rows(new BarLines(console.Profile.Width - 1, console.Profile.Capabilities.Unicode).Of(view));
}
