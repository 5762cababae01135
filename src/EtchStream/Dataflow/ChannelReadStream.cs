using System.Threading.Channels;

namespace EtchStream.Dataflow;

/// <summary>The buffers of a channel as one read-only stream. Each buffer is given back once it is read.</summary>
internal sealed class ChannelReadStream(ChannelReader<PooledBuffer> input) : Stream
{
    private PooledBuffer? _current;
    private int _position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Waits for the next bytes and shows those of its buffer that are not read yet; empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        while (_current is null || _position == _current.Length)
        {
            Interlocked.Exchange(ref _current, null)?.Dispose();
            if (!await input.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return default;
            if (input.TryRead(out _current)) _position = 0;
        }

        return _current.Data[_position..];
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var data = await PeekAsync(cancellationToken).ConfigureAwait(false);
        var count = Math.Min(data.Length, buffer.Length);
        data[..count].CopyTo(buffer);
        _position += count;
        return count;
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
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Interlocked.Exchange(ref _current, null)?.Dispose();
            while (input.TryRead(out var waiting)) waiting.Dispose();
        }

        base.Dispose(disposing);
    }
}
