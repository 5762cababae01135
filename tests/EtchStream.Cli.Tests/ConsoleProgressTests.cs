using System.Text.Json;
using EtchStream.Cli.Output;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class ConsoleProgressTests
{
    private readonly StringWriter _writer = new() { NewLine = "\n" };

    [Fact]
    public void A_terminal_gets_one_line_that_is_written_over_and_taken_away()
    {
        var clock = new ManualClock();
        using (var progress = new ConsoleProgress(ProgressMode.Line, _writer, 40, clock))
        {
            progress.Report(new ProgressState("image", 0, 1000, 1, "a-name-that-is-much-longer-than-the-terminal-is-wide"));
            clock.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new ProgressState("image", 500, 1000, 1, null));
        }

        var lines = _writer.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain('\n', _writer.ToString());
        Assert.All(lines, line => Assert.True(line.Length < 40, line));
        Assert.Contains("(50%), 500 B/s", lines[1]);
        Assert.True(string.IsNullOrWhiteSpace(lines[^1]));
    }

    [Fact]
    public void Reports_that_come_too_fast_are_not_shown_but_each_phase_is()
    {
        var clock = new ManualClock();
        using var progress = new ConsoleProgress(ProgressMode.Plain, _writer, 0, clock);
        for (var i = 0; i < 1000; i++) progress.Report(new ProgressState("image", i, null, 1, null));
        progress.Report(new ProgressState("files", 0, null, 2, "x\ny"));
        Assert.Equal(["image: 0 B, 1 entries", @"files: 0 B, 2 entries, x\x0Ay"], _writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Machines_get_an_object_a_line()
    {
        var clock = new ManualClock();
        using var progress = new ConsoleProgress(ProgressMode.Json, _writer, 0, clock);
        progress.Report(new ProgressState("image", 5, 10, 1, "a\"\n"));
        using var json = JsonDocument.Parse(Assert.Single(_writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(5, json.RootElement.GetProperty("bytes").GetInt64());
        Assert.Equal(10, json.RootElement.GetProperty("totalBytes").GetInt64());
        Assert.Equal("a\"\n", json.RootElement.GetProperty("path").GetString());
    }

    [Fact]
    public void None_is_none()
    {
        using (var progress = new ConsoleProgress(ProgressMode.None, _writer, 80)) progress.Report(new ProgressState("image", 5, 10, 1, null));
        Assert.Empty(_writer.ToString());
    }

    [Theory]
    [InlineData("plain é", "plain é")]
    [InlineData("a\nb\u001b[31m\u007f", @"a\x0Ab\x1B[31m\x7F")]
    [InlineData("a\u0085b\u2028", @"a\x85b\x2028")]
    public void Text_from_outside_cannot_steer_a_terminal(string text, string shown) => Assert.Equal(shown, Text.OneLine(text));

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
