using EtchStream.Formats.Compression.Codecs;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

/// <summary>A decoder's memory is not the collector's: it must not be freed under a read that was given up and still goes on.</summary>
public class DecoderDisposalTests
{
    [Fact]
    public async Task A_codec_is_freed_only_when_it_has_stopped_decoding()
    {
        var codec = new SlowCodec();
        var stream = new DecoderStream(new MemoryStream(new byte[10]), codec, "slow", leaveOpen: true);
        var read = Task.Run(() => stream.ReadAsync(new byte[10]).AsTask());
        await codec.Entered.WaitAsync(TimeSpan.FromSeconds(30));
        await stream.DisposeAsync();
        Assert.False(codec.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1]).AsTask());
        codec.GoOn();
        Assert.Equal(1, await read);
        Assert.True(codec.IsDisposed);
        await stream.DisposeAsync();
        Assert.Equal(1, codec.Disposals);
    }

    [Fact]
    public async Task A_read_that_waits_for_input_ends_in_an_error_after_disposal()
    {
        var codec = new SlowCodec();
        var input = new PendingStream();
        var stream = new DecoderStream(input, codec, "slow", leaveOpen: true);
        var read = stream.ReadAsync(new byte[10]).AsTask();
        await stream.DisposeAsync();
        Assert.Equal(0, codec.Disposals);
        codec.GoOn();
        input.Complete();
        _ = await Record.ExceptionAsync(() => read);
        Assert.Equal(1, codec.Disposals);
    }

    [Fact]
    public void Two_reads_at_once_are_a_mistake_of_the_caller()
    {
        var codec = new SlowCodec();
        using var stream = new DecoderStream(new PendingStream(), codec, "slow", leaveOpen: true);
        _ = stream.ReadAsync(new byte[10]).AsTask();
        Assert.Throws<InvalidOperationException>(() => stream.Read(new byte[10], 0, 10));
    }

    private sealed class SlowCodec : ICodec
    {
        private readonly ManualResetEventSlim _goOn = new();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public int Disposals { get; private set; }

        public bool IsDisposed => Disposals > 0;

        public bool AllowsZeroPadding => false;

        public bool AllowsMembers => false;

        public void GoOn() => _goOn.Set();

        public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
        {
            _entered.TrySetResult();
            _goOn.Wait(TimeSpan.FromSeconds(30));
            Assert.False(IsDisposed);
            output[0] = 1;
            return new CodecResult(CodecStatus.Within, input.Length, 1);
        }

        public void Reset()
        {
        }

        public void Dispose() => Disposals++;
    }

    private sealed class PendingStream : MemoryStream
    {
        private readonly TaskCompletionSource<int> _read = new();

        public void Complete() => _read.SetResult(1);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_read.Task);
    }
}
