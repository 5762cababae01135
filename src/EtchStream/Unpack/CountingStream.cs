using EtchStream.Dataflow;

namespace EtchStream.Unpack;

/// <summary>Counts what is read from the input, and gives back first what was read ahead to look at it.</summary>
internal sealed class CountingStream : Stream
{
    private readonly Stream _inner;
    private readonly UnpackCounters _counters;
    private readonly WaitPoint? _wait;
    private ReadOnlyMemory<byte> _head;

    /// <param name="inner">The input.</param>
    /// <param name="counters">Where its bytes are counted.</param>
    /// <param name="wait">Notes while a read is under way; null for none.</param>
    public CountingStream(Stream inner, UnpackCounters counters, WaitPoint? wait = null)
    {
        _wait = wait;
        _inner = inner;
        _counters = counters;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads up to <paramref name="count"/> bytes and keeps them for the next reads.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        var head = new byte[count];
        var length = 0;
        while (length < count)
        {
            _wait?.Begin();
            var read = _inner.ReadAsync(head.AsMemory(length), cancellationToken);
            var got = read.IsCompleted ? await read.ConfigureAwait(false) : await read.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            _wait?.End();
            if (got == 0) break;
            length += got;
        }

        _counters.InputBytes += length;
        _head = head.AsMemory(0, length);
        return _head;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_head.IsEmpty) return TakeHead(buffer.Span);
        _wait?.Begin();
        var count = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _wait?.End();
        _counters.InputBytes += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (!_head.IsEmpty) return TakeHead(buffer);
        _wait?.Begin();
        var count = _inner.Read(buffer);
        _wait?.End();
        _counters.InputBytes += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int TakeHead(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _head.Length);
        _head.Span[..count].CopyTo(buffer);
        _head = _head[count..];
        return count;
    }
}
