using EtchStream.Dataflow;
using Xunit;

namespace EtchStream.Tests.Dataflow;

public sealed class WaitListTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void What_takes_a_second_or_more_is_told_the_longest_first()
    {
        var waits = new WaitList(_clock);
        using var input = waits.Add("input");
        using var output = waits.Add("output");
        input.Begin();
        _clock.Seconds += 0.9;
        Assert.Empty(waits.Current());
        output.Begin();
        _clock.Seconds += 1.1;
        Assert.Equal([new Wait("input", TimeSpan.FromSeconds(2)), new Wait("output", TimeSpan.FromSeconds(1.1))], waits.Current());
        input.End();
        Assert.Equal("output", Assert.Single(waits.Current()).For);

        // Each begins anew.
        output.Begin();
        Assert.Empty(waits.Current());
    }

    [Fact]
    public void What_is_gone_is_not_waited_for()
    {
        var waits = new WaitList(_clock);
        var layer = waits.Add("layer");
        layer.Begin();
        _clock.Seconds += 5;
        Assert.Single(waits.Current());
        layer.Dispose();
        Assert.Empty(waits.Current());
    }

    [Fact]
    public void An_output_that_hangs_is_waited_for_only_while_it_does()
    {
        var waits = new WaitList(_clock);
        using var point = waits.Add("/dev/x");
        var disk = new Disk(() =>
        {
            _clock.Seconds += 3;
            Assert.Equal(new Wait("/dev/x", TimeSpan.FromSeconds(3)), Assert.Single(waits.Current()));
        });
        var watched = new WatchedWriter(disk, point);
        watched.Write(0, [1]);
        Assert.Empty(waits.Current());
        watched.Zero(0, 1);
        Assert.Empty(waits.Current());
        Assert.Equal(2, disk.Calls);

        var broken = new WatchedWriter(new Disk(() => throw new IOException("gone")), point);
        Assert.Throws<IOException>(() => broken.Write(0, [1]));
        _clock.Seconds += 5;
        Assert.Empty(waits.Current());
    }

    private sealed class Disk(Action action) : IZeroingWriter
    {
        public int Calls { get; private set; }

        public void Write(long offset, ReadOnlySpan<byte> data) => Call();

        public void Zero(long offset, long length) => Call();

        private void Call()
        {
            Calls++;
            action();
        }
    }

    private sealed class Clock : TimeProvider
    {
        // Not 0, which would be the timestamp that stands for none.
        public double Seconds { get; set; } = 100;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)Math.Round(Seconds * 1000);
    }
}
