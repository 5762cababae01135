using EtchStream.Cli.Display;
using EtchStream.Dataflow;
using EtchStream.Pack;
using EtchStream.TestKit;
using Spectre.Console;
using Xunit;

namespace EtchStream.Cli.Tests.Display;

/// <summary>The bars, as a terminal shows them.</summary>
public sealed class BarDisplayTests
{
    private const string Id = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly ManualClock _clock = new();
    private readonly StringWriter _writer = new() { NewLine = "\n" };
    private readonly ProgressLog _log;

    public BarDisplayTests() => _log = new ProgressLog(_clock);

    [ToolFact(Emulator.Python, HostPackages.Pyte)]
    public void Each_phase_has_a_bar_and_all_are_gone_at_the_end()
    {
        var screens = Show(
            80,
            [
                (0, new ProgressState("image", 0, 1 << 30, 1, "disk.img")),
                (2, new ProgressState("image", 1 << 29, 1 << 30, 1, "disk.img")),
                (2, new ProgressState("files", 0, null, 2, "inject/data/a")),
                (1, new ProgressState("files", 1 << 20, null, 3, "inject/data/b")),
            ]);
        Assert.Equal([$"image     {new string('─', 18)}   0% 0 B of 1.0 GiB", "  disk.img"], screens[0][..^1]);
        Assert.Equal([$"image     {new string('━', 9)}{new string('─', 9)}  50% 512.0 MiB of 1.0 GiB  256.0 MiB/s  2 s left", "  disk.img"], screens[1][..^1]);
        Assert.Equal($"image     {new string('━', 18)} 100% 512.0 MiB in 4 s", screens[2][0]);
        Assert.Equal(3, screens[3].Count - 1);
        Assert.StartsWith("files     ", screens[3][1], StringComparison.Ordinal);
        Assert.EndsWith("1.0 MiB  1.0 MiB/s", screens[3][1], StringComparison.Ordinal);
        Assert.Equal("  inject/data/b", screens[3][2]);
        Assert.All(screens[..^1], screen => Assert.EndsWith("hidden", screen[^1], StringComparison.Ordinal));
        Assert.Equal(["cursor 2 0 shown"], screens[^1]);
    }

    [ToolFact(Emulator.Python, HostPackages.Pyte)]
    public void Layers_that_are_on_their_way_have_bars_of_their_own()
    {
        var other = "sha256:" + new string('f', 64);
        var screens = Show(
            100,
            [
                (0, new ProgressState("layers", 512, 2048, 1, null) { Layers = [new LayerProgress(Id, 512, 1024), new LayerProgress(other, 0, 1024)] }),
                (1, new ProgressState("layers", 1536, 2048, 1, null) { Layers = [new LayerProgress(other, 512, 1024)] }),
            ]);
        Assert.Equal(3, screens[0].Count - 1);
        Assert.Equal($"  0123456 {new string('━', 15)}{new string('─', 15)}  50% 512 B of 1.0 KiB", screens[0][1]);
        Assert.Equal($"  fffffff {new string('─', 30)}   0% waiting", screens[0][2]);
        Assert.Equal(2, screens[1].Count - 1);
        Assert.StartsWith("  fffffff ", screens[1][1], StringComparison.Ordinal);
    }

    [ToolFact(Emulator.Python, HostPackages.Pyte)]
    public void A_single_line_leaves_what_was_there_before()
    {
        var screens = Show(80, [(0, new ProgressState("start", 0, null, 0, null)), (1, new ProgressState("start", 0, null, 0, null))]);
        Assert.StartsWith("start     ", screens[0][0], StringComparison.Ordinal);
        Assert.StartsWith("start     ", screens[1][0], StringComparison.Ordinal);
        Assert.Equal(["cursor 2 0 shown"], screens[^1]);
    }

    [Fact]
    public void A_run_that_is_over_at_once_shows_nothing()
    {
        var console = new ErrorConsole(_writer, () => 80, () => 24);
        var views = new Queue<ProgressView?>([View(0), View(0.1), View(0.1), null]);
        new BarDisplay(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = console })).Run(views.Dequeue);
        Assert.Empty(_writer.ToString());

        ProgressView? View(double seconds)
        {
            _clock.Advance(seconds);
            return _log.View(_log.Take(new ProgressState("start", 0, null, 0, null)));
        }
    }

    [ToolFact(Emulator.Python, HostPackages.Pyte)]
    public void A_stall_says_what_it_waits_for()
    {
        var screens = Show(
            80,
            [
                (0, new ProgressState("image", 1, 2, 0, "disk.img") { Waits = [new Wait("standard input", TimeSpan.FromSeconds(4.9))] }),
                (0.2, new ProgressState("image", 1, 2, 0, "disk.img") { Waits = [new Wait("standard input", TimeSpan.FromSeconds(5.1)), new Wait("x", TimeSpan.FromSeconds(2))] }),
            ]);
        Assert.Equal("  disk.img", screens[0][1]);
        Assert.Equal("  waiting for standard input, 5.1 s by now", screens[1][1]);
    }

    [ToolTheory(Emulator.Python, HostPackages.Pyte)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(80)]
    [InlineData(200)]
    public void However_narrow_the_terminal_no_line_wraps(int width)
    {
        // What a path brings must not steer the terminal, nor anything be longer than a line.
        var path = "inject/resin-data/\u001b[31m" + string.Concat(Enumerable.Repeat("folder/", 40)) + "the-end";
        var states = new[] { "scan", "image", "files" }.Select((phase, i) => (1.0, new ProgressState(phase, 100L << 30, 200L << 30, i, path) { Layers = i == 2 ? [new LayerProgress(Id, 1L << 39, 1L << 40)] : [] })).ToArray();
        var screens = Show(width, states);
        for (var i = 0; i < states.Length; i++)
        {
            Assert.Equal(i + 2, screens[i].Count - 1);
            Assert.All(screens[i][..^1], line => Assert.InRange(line.Length, 1, width - 1));
        }

        if (width >= 33) Assert.EndsWith("the-end", screens[0][^2], StringComparison.Ordinal);
        Assert.Equal(["cursor 2 0 shown"], screens[^1]);
    }

    [ToolTheory(Emulator.Python, HostPackages.Pyte)]
    [InlineData("日本語のとても長いフォルダの名前/")]
    [InlineData("e\u0301\u0302a\u0300/")]
    [InlineData("😀x/")]
    public void Characters_of_no_column_and_of_two_are_counted_as_such(string folder)
    {
        const int Width = 40;
        var path = "inject/1/" + string.Concat(Enumerable.Repeat(folder, 30)) + "the-end";
        var screens = Show(Width, [(0, new ProgressState("files", 0, 1, 0, path))]);
        Assert.Equal(2, screens[0].Count - 1);
        Assert.StartsWith("  inject/1/", screens[0][1], StringComparison.Ordinal);
        Assert.EndsWith("the-end", screens[0][1], StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', screens[0][1]);
        Assert.InRange(TextColumns.Of(screens[0][1]), Width - 6, Width - 1);
    }

    /// <summary>The screen after each state, and last the one when all is over.</summary>
    private List<List<string>> Show(int width, (double Seconds, ProgressState State)[] states)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.Yes,
            Out = new ErrorConsole(_writer, () => width, () => 24),
        });
        console.Profile.Capabilities.Unicode = true;
        List<string> outputs = [];
        _clock.Advance(1);
        var next = 0;
        new BarDisplay(console).Run(() =>
        {
            if (next > 0) outputs.Add(_writer.ToString());
            if (next == states.Length) return null;
            _clock.Advance(states[next].Seconds);
            return _log.View(_log.Take(states[next++].State));
        });
        outputs.Add(_writer.ToString());
        return outputs.ConvertAll(o =>
        {
            // What stood on the terminal before has to stay.
            var screen = Emulator.Show("$ one\r\n$ two\r\n" + o.Replace("\n", "\r\n", StringComparison.Ordinal), width, 24);
            Assert.Equal(["$ one", "$ two"], screen[..2]);
            return screen[2..];
        });
    }
}
