using EtchStream.Dataflow;

namespace EtchStream.Pack.Layers;

/// <summary>Passes a blob through and keeps a copy in memory, which is handed out once the blob was read, and verified, to its end.</summary>
/// <remarks>Who waits for the copy gets the error where a read fails, and a cancellation where the end is never read.</remarks>
internal sealed class KeepingStream(Stream inner, TaskCompletionSource<ChunkedMemory> complete) : Stream
{
    private readonly ChunkedMemory _copy = new();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count > 0) _copy.Write(buffer.Span[..count]);
            else if (!buffer.IsEmpty) complete.TrySetResult(_copy);
            return count;
        }
        catch (Exception e)
        {
            complete.TrySetException(e);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronous reads");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        complete.TrySetCanceled(CancellationToken.None);
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        complete.TrySetCanceled(CancellationToken.None);
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
