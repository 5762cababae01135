namespace EtchStream.Formats.Compression.Codecs;

/// <summary>A write-only stream in front of an encoder. Disposing it writes the end, once, and only if no write failed.</summary>
/// <remarks>Flush passes nothing on: a flushed block would make the compressed bytes depend on when somebody flushed.</remarks>
internal sealed class EncoderStream(IEncoderSink sink, Stream output, bool leaveOpen) : Stream
{
    private bool _closed;
    private bool _failed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_closed;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _failed = true;
        sink.Write(buffer, output);
        _failed = false;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _failed = true;
        await sink.WriteAsync(buffer, output, cancellationToken).ConfigureAwait(false);
        _failed = false;
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            try
            {
                if (!_failed) await sink.FinishAsync(output, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                sink.Dispose();
                if (!leaveOpen) await output.DisposeAsync().ConfigureAwait(false);
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            try
            {
                if (!_failed) sink.Finish(output);
            }
            finally
            {
                sink.Dispose();
                if (!leaveOpen) output.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
