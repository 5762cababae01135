using System.Text.Json;
using EtchStream.Cli.Display;
using EtchStream.Dataflow;
using EtchStream.Pack;
using Xunit;

namespace EtchStream.Cli.Tests.Display;

public sealed class ConsoleProgressTests
{
    private readonly StringWriter _writer = new() { NewLine = "\n" };
    private readonly ManualClock _clock = new();

    [Fact]
    public void Each_phase_is_shown_however_short()
    {
        using (var progress = new ConsoleProgress(Lines(showsStarts: true), _clock))
        {
            for (var i = 0; i < 1000; i++) progress.Report(new ProgressState("image", i, null, 1, null));
            progress.Report(new ProgressState("files", 0, null, 2, "x\ny"));
        }

        Assert.Equal(["image: 0 B, 1 entry", @"files: 0 B, 2 entries, x\x0Ay"], Shown());
    }

    [Fact]
    public void Rate_and_time_left_are_those_of_the_last_seconds()
    {
        var log = new ProgressLog(_clock);
        log.Take(new ProgressState("image", 0, 10_000, 0, null));
        for (var i = 1; i <= 20; i++)
        {
            _clock.Advance(1);

            // Fast at first, then a tenth of that.
            log.Take(new ProgressState("image", i <= 10 ? i * 500 : 5000 + ((i - 10) * 50), 10_000, 0, null));
        }

        var view = log.View(isPhaseStart: false)!.Current;
        Assert.Equal(50, view.Rate);
        Assert.Equal(TimeSpan.FromSeconds(90), view.Left);

        // While nothing comes, it sinks, and does not stand.
        _clock.Advance(5);
        Assert.Equal(25, log.View(isPhaseStart: false)!.Current.Rate);
    }

    [Fact]
    public void A_short_run_leaves_nothing_in_a_log()
    {
        using (var progress = new ConsoleProgress(Lines(showsStarts: false), _clock))
        {
            progress.Report(new ProgressState("image", 0, null, 1, null));
            _clock.Advance(9);
            progress.Report(new ProgressState("files", 0, null, 1, null));
        }

        Assert.Empty(Shown());
        using (var progress = new ConsoleProgress(Lines(showsStarts: false), _clock))
        {
            progress.Report(new ProgressState("image", 0, null, 1, null));
            _clock.Advance(11);
            progress.Report(new ProgressState("files", 2048, 4096, 1, null) { Waits = [new Wait("the card", TimeSpan.FromSeconds(65))] });
        }

        Assert.Equal(["files: 2.0 KiB of 4.0 KiB (50%), 1 entry; waiting for the card for 1 min 5 s"], Shown());
    }

    [Fact]
    public void Machines_get_an_object_a_line()
    {
        using (var progress = new ConsoleProgress(new JsonDisplay(new JsonLines(_writer)), _clock))
        {
            progress.Report(new ProgressState("layers", 5, 10, 1, "a\"\n") { Layers = [new LayerProgress("sha256:00", 1, 2)], Waits = [new Wait("w", TimeSpan.FromSeconds(5))] });
        }

        using var json = JsonDocument.Parse(Assert.Single(Shown()));
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("v").GetInt32());
        Assert.Equal("progress", root.GetProperty("event").GetString());
        Assert.Equal(5, root.GetProperty("bytes").GetInt64());
        Assert.Equal(10, root.GetProperty("totalBytes").GetInt64());
        Assert.Equal("a\"\n", root.GetProperty("path").GetString());
        Assert.Equal("sha256:00", root.GetProperty("layers")[0].GetProperty("diffId").GetString());
        Assert.Equal("w", root.GetProperty("waitingFor").GetString());
    }

    [Fact]
    public void None_is_none()
    {
        using var progress = new ConsoleProgress(display: null);
        Assert.False(progress.IsOn);
        Assert.Null(Progresses.OfPack(progress));
        progress.Report(new ProgressState("image", 5, 10, 1, null));
    }

    [Fact]
    public void From_the_interruption_on_nothing_is_shown_any_more()
    {
        using var stop = new CancellationTokenSource();
        var display = new HeldDisplay();
        using (var progress = new ConsoleProgress(display, _clock, stop.Token))
        {
            progress.Report(new ProgressState("a", 0, null, 0, null));
            display.Taken.Wait();
            progress.Report(new ProgressState("b", 0, null, 0, null));
            progress.Report(new ProgressState("c", 0, null, 0, null));
            display.Go.Set();
            display.Held.Wait();
            stop.Cancel();
            display.GoOn.Set();
            progress.Report(new ProgressState("d", 0, null, 0, null));
        }

        Assert.Equal(["a", "b"], display.Shown);
        Assert.True(display.HasEnded);
    }

    [Fact]
    public void A_terminal_that_is_held_up_does_not_hold_up_the_work()
    {
        using var stop = new CancellationTokenSource();
        var display = new HeldDisplay();
        var progress = new ConsoleProgress(display, _clock, stop.Token);
        progress.Report(new ProgressState("a", 0, null, 0, null));
        display.Taken.Wait();
        for (var i = 0; i < 1000; i++) progress.Report(new ProgressState("a", i, null, 0, null));
        stop.Cancel();
        display.Go.Set();
        display.GoOn.Set();
        progress.Dispose();
        Assert.True(display.HasEnded);
    }

    [Theory]
    [InlineData("plain é", "plain é")]
    [InlineData("a\nb\u001b[31m\u007f", @"a\x0Ab\x1B[31m\x7F")]
    [InlineData("a\u0085b\u2028", @"a\x85b\x2028")]
    [InlineData("a\u202egnp.b\u200b\u2066", @"a\x202Egnp.b\x200B\x2066")]
    public void Text_from_outside_cannot_steer_a_terminal(string text, string shown) => Assert.Equal(shown, Output.Text.OneLine(text));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.02, "less than 0.1 s")]
    [InlineData(1.26, "1.3 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(3599.7, "1 h 0 min")]
    [InlineData(90_000, "1 d 1 h")]
    public void Times_are_given_in_two_units(double seconds, string shown) => Assert.Equal(shown, Output.Text.Duration(TimeSpan.FromSeconds(seconds)));

    private LineDisplay Lines(bool showsStarts) => new(_writer, TimeSpan.FromSeconds(10), showsStarts);

    private string[] Shown() => _writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Stops behind the first view, and behind the second.</summary>
    private sealed class HeldDisplay : IProgressDisplay
    {
        public List<string> Shown { get; } = [];

        public ManualResetEventSlim Taken { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public ManualResetEventSlim Held { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public bool HasEnded { get; private set; }

        public TimeSpan Interval => TimeSpan.FromHours(1);

        public void Run(Func<ProgressView?> next)
        {
            while (next() is { } view)
            {
                Shown.Add(view.Current.Name);
                Taken.Set();
                Go.Wait();
                if (Shown.Count < 2) continue;
                Held.Set();
                GoOn.Wait();
            }

            HasEnded = true;
        }
    }
}
