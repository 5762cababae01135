using System.Threading.Channels;

namespace EtchStream.Dataflow;

/// <summary>The first stage: reads a stream in large pieces, ahead of the stages that follow, as far as the channel's capacity goes.</summary>
internal sealed class BufferedReadStage
{
    /// <summary>Bytes in one piece.</summary>
    public const int BufferSize = 1 << 20;

    private readonly Stream _stream;
    private readonly int _bufferSize;
    private Task<int>? _pending;

    /// <summary>Reads <paramref name="stream"/>, which stays open.</summary>
    public BufferedReadStage(Stream stream, int bufferSize = BufferSize)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _bufferSize = bufferSize;
    }

    /// <summary>
    /// Whether a read that is under way is waited for when the stage is cancelled. Off for streams whose reads do not end by being
    /// cancelled, such as an idle pipe's; on where they do, so that nothing goes on behind the stage's back.
    /// </summary>
    public bool WaitsForReads { get; init; }

    /// <summary>Runs to the end of the stream.</summary>
    public async Task RunAsync(ChannelWriter<PooledBuffer> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var more = true;
        while (more)
        {
            var buffer = PooledBuffer.Rent(_bufferSize);
            try
            {
                more = await FillAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (buffer.Length == 0) break;
                await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
                buffer = null;
            }
            finally
            {
                // A read that was abandoned may still write into the buffer: the pool must not lend it to someone else.
                if (_pending is null) buffer?.Dispose();
                else buffer?.Abandon();
            }
        }
    }

    /// <summary>
    /// Fills the buffer as far as it goes: a pipe gives 64 KiB at most, and every hand-over to the next stage costs as much as
    /// reading that.
    /// </summary>
    /// <returns>False at the end of the stream.</returns>
    private async ValueTask<bool> FillAsync(PooledBuffer buffer, CancellationToken cancellationToken)
    {
        var memory = buffer.Memory[.._bufferSize];
        while (buffer.Length < memory.Length)
        {
            var count = await ReadAsync(memory[buffer.Length..], cancellationToken).ConfigureAwait(false);
            if (count == 0) return false;
            buffer.Length += count;
        }

        return true;
    }

    /// <summary>Reads; when cancelled, does not wait for a read that cannot be cancelled, such as one of an idle pipe.</summary>
    private async ValueTask<int> ReadAsync(Memory<byte> memory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = _stream.ReadAsync(memory, cancellationToken);
        if (read.IsCompleted || WaitsForReads) return await read.ConfigureAwait(false);
        var task = read.AsTask();
        _pending = task;
        try
        {
            return await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (task.IsCompleted) _pending = null;
        }
    }
}
