using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Tests.Unpack;
using Xunit;

namespace EtchStream.Tests.Dataflow;

[Collection(PipelineCollection.Name)]
public sealed class ChannelReadStreamTests : IDisposable
{
    private readonly long _before = PooledBuffer.Outstanding;
    private readonly Channel<PooledBuffer> _channel = StageScope.CreateChannel<PooledBuffer>(8);

    public void Dispose() => Assert.Equal(_before, PooledBuffer.Outstanding);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task The_buffers_are_one_stream_and_each_is_given_back_once_it_is_read(int size)
    {
        foreach (var text in (string[])["abc", "", "d", "", "", "efghij"]) await _channel.Writer.WriteAsync(Buffer(text));
        _channel.Writer.Complete();
        await using var stream = new ChannelReadStream(_channel.Reader);
        var (all, buffer) = (new List<byte>(), new byte[size]);
        while (await stream.ReadAsync(buffer) is var count and > 0) all.AddRange(buffer.AsSpan(0, count));
        Assert.Equal("abcdefghij"u8, all.ToArray());
        Assert.Equal(_before, PooledBuffer.Outstanding);
        Assert.Equal((0, 0), (await stream.ReadAsync(buffer), (await stream.PeekAsync(CancellationToken.None)).Length));
    }

    [Fact]
    public async Task A_peek_takes_nothing()
    {
        await _channel.Writer.WriteAsync(Buffer(""));
        await _channel.Writer.WriteAsync(Buffer("abc"));
        _channel.Writer.Complete();
        await using var stream = new ChannelReadStream(_channel.Reader);
        Assert.Equal("abc"u8.ToArray(), (await stream.PeekAsync(CancellationToken.None)).ToArray());
        await stream.ReadExactlyAsync(new byte[2]);
        Assert.Equal("c"u8.ToArray(), (await stream.PeekAsync(CancellationToken.None)).ToArray());
        Assert.Equal("c"u8.ToArray(), (await stream.PeekAsync(CancellationToken.None)).ToArray());
    }

    [Fact]
    public async Task What_was_not_read_is_given_back_with_the_stream()
    {
        for (var i = 0; i < 5; i++) await _channel.Writer.WriteAsync(Buffer("abc"));
        var stream = new ChannelReadStream(_channel.Reader);
        await stream.ReadExactlyAsync(new byte[4]);
        await stream.DisposeAsync();
        Assert.Equal(_before, PooledBuffer.Outstanding);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_a_fault_of_the_writer_is_met()
    {
        await using var stream = new ChannelReadStream(_channel.Reader);
        using var stop = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[1], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await _channel.Writer.WriteAsync(Buffer("a"));
        _channel.Writer.Complete(new IOException("the wire was cut"));
        await stream.ReadExactlyAsync(new byte[1]);
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadExactlyAsync(new byte[1]).AsTask());
    }

    private static PooledBuffer Buffer(string text)
    {
        var buffer = PooledBuffer.Rent(16);
        buffer.Length = System.Text.Encoding.ASCII.GetBytes(text, buffer.Memory.Span);
        return buffer;
    }
}
