using System.Threading.Channels;

namespace EtchStream.Dataflow;

/// <summary>
/// Turns many small writes into few large ones. Writes are taken synchronously and copied into a batch, a write that starts where
/// the last one ended joins it; full batches wait in a queue until <see cref="DrainAsync"/> sends them to the disk stage.
/// </summary>
/// <remarks>
/// The order of the calls is the order on the disk: one queue, one channel, one writing task. Gaps are never bridged, because what
/// lies in a gap may belong to someone else. Between two calls of <see cref="DrainAsync"/> the queue grows by what is written
/// between them, so callers drain after every piece of bounded size. Not safe for concurrent use.
/// </remarks>
internal sealed class WriteCombiner : IZeroingWriter, IDisposable
{
    /// <summary>Bytes in one batch.</summary>
    public const int BatchSize = 1 << 20;

    // Many tiny scattered writes would make long lists; the list is bounded like the bytes are.
    private const int MaxSegments = 4096;

    private readonly ChannelWriter<WriteBatch> _output;
    private readonly Queue<WriteBatch> _full = new();
    private readonly int _batchSize;
    private WriteBatch? _open;

    /// <summary>Sends batches to <paramref name="output"/>.</summary>
    public WriteCombiner(ChannelWriter<WriteBatch> output, int batchSize = BatchSize)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _output = output;
        _batchSize = batchSize;
    }

    /// <summary>Bytes taken so far.</summary>
    public long BytesWritten { get; private set; }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        BytesWritten += data.Length;
        while (data.Length > 0)
        {
            var batch = _open ??= new WriteBatch(_batchSize);
            var taken = batch.Append(offset, data);
            offset += taken;
            data = data[taken..];
            if (batch.Room == 0 || batch.Segments.Count >= MaxSegments) CloseBatch();
        }
    }

    /// <inheritdoc/>
    public void Zero(long offset, long length)
    {
        if (length <= 0) return;
        var batch = _open ??= new WriteBatch(_batchSize);
        batch.AppendZeros(offset, length);
        if (batch.Segments.Count >= MaxSegments) CloseBatch();
    }

    /// <summary>Sends the full batches on. Completes at once when there is none.</summary>
    public ValueTask DrainAsync(CancellationToken cancellationToken = default) =>
        _full.Count == 0 ? ValueTask.CompletedTask : SendAsync(cancellationToken);

    /// <summary>Sends everything on and waits until it has reached the file: what was written is read back from now on.</summary>
    public async Task BarrierAsync(CancellationToken cancellationToken)
    {
        CloseBatch();
        await SendAsync(cancellationToken).ConfigureAwait(false);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _output.WriteAsync(new WriteBatch(reached), cancellationToken).ConfigureAwait(false);

        // When the disk stage fails it never answers; the scope then cancels this token.
        await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives back the batches that were not sent.</summary>
    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
        while (_full.TryDequeue(out var batch)) batch.Dispose();
    }

    private void CloseBatch()
    {
        if (_open is null) return;
        _full.Enqueue(_open);
        _open = null;
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        while (_full.TryPeek(out var batch))
        {
            await _output.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            _full.Dequeue();
        }
    }
}
