using EtchStream.Dataflow;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Dataflow;

public sealed class ChannelByteSourceTests
{
    [Fact]
    public async Task Windows_lie_in_the_buffers_and_consumed_buffers_are_handed_on()
    {
        var input = StageScope.CreateChannel<PooledBuffer>(8);
        var consumed = StageScope.CreateChannel<PooledBuffer>(8);
        await using var source = new ChannelByteSource(input.Reader, consumed.Writer);
        var first = Buffer(1, 2, 3);
        var second = Buffer(4);
        await input.Writer.WriteAsync(first);
        await input.Writer.WriteAsync(Buffer());
        await input.Writer.WriteAsync(second);
        input.Writer.Complete();

        Assert.True(await source.FillAsync());
        Assert.True(source.Window.Span.Overlaps(first.Data.Span));
        source.Consume(3);
        Assert.False(consumed.Reader.TryRead(out _));
        Assert.True(await source.FillAsync());
        Assert.True(consumed.Reader.TryRead(out var handedOn));
        Assert.Same(first, handedOn);
        source.Consume(1);
        Assert.False(await source.FillAsync());
        Assert.True(consumed.Reader.TryRead(out handedOn));
        Assert.Same(second, handedOn);
        Assert.Equal(4, source.Position);
    }

    [Fact]
    public async Task Held_buffers_are_handed_on_up_to_the_position_and_in_order()
    {
        var input = StageScope.CreateChannel<PooledBuffer>(8);
        var consumed = StageScope.CreateChannel<PooledBuffer>(8);
        await using var source = new ChannelByteSource(input.Reader, consumed.Writer);
        for (byte i = 0; i < 4; i++) await input.Writer.WriteAsync(Buffer(i, i));
        input.Writer.Complete();

        source.Hold = true;
        Assert.Equal(6, await source.SkipAsync(6));
        Assert.True(await source.FillAsync());
        Assert.Equal(0, consumed.Reader.Count);
        await source.ReleaseAsync(4, default);
        Assert.Equal(2, consumed.Reader.Count);
        Assert.True(source.Hold);
        source.Consume(2);
        Assert.False(await source.FillAsync());
        Assert.Equal(2, consumed.Reader.Count);
        await source.ReleaseAsync(8, default);
        Assert.False(source.Hold);
        for (byte i = 0; i < 4; i++)
        {
            Assert.True(consumed.Reader.TryRead(out var buffer));
            Assert.Equal(i, buffer.Data.Span[0]);
        }
    }

    [Fact]
    public async Task A_read_that_does_not_heed_cancellation_is_left_behind()
    {
        using var stop = new CancellationTokenSource();
        await using var stream = new DeafStream();
        var output = StageScope.CreateChannel<PooledBuffer>(1);
        var stage = new BufferedReadStage(stream).RunAsync(output.Writer, stop.Token);
        await stream.Started.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Short_reads_are_gathered_into_full_buffers()
    {
        var bytes = new byte[2500];
        new Random(1).NextBytes(bytes);
        await using var stream = new OneByteStream(new MemoryStream(bytes));
        var output = StageScope.CreateChannel<PooledBuffer>(8);
        await new BufferedReadStage(stream, 1000).RunAsync(output.Writer, default);
        output.Writer.Complete();
        var lengths = new List<int>();
        var all = new List<byte>();
        await foreach (var buffer in output.Reader.ReadAllAsync())
        {
            lengths.Add(buffer.Length);
            all.AddRange(buffer.Data.Span);
            buffer.Dispose();
        }

        Assert.Equal([1000, 1000, 500], lengths);
        Assert.Equal(bytes, all);
    }

    private static PooledBuffer Buffer(params byte[] bytes)
    {
        var buffer = PooledBuffer.Rent(16);
        bytes.CopyTo(buffer.Memory);
        buffer.Length = bytes.Length;
        return buffer;
    }

    /// <summary>A pipe to which nobody writes.</summary>
    private sealed class DeafStream() : ForwardStream(new MemoryStream())
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Started.TrySetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return 0;
        }
    }
}
