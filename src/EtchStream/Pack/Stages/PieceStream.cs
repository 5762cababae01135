using System.Threading.Channels;
using EtchStream.Dataflow;

namespace EtchStream.Pack.Stages;

/// <summary>A write-only stream that gathers what is written into large buffers and hands those to the next stage.</summary>
internal sealed class PieceStream(ChannelWriter<ArchivePiece> output) : Stream
{
    private const int PieceSize = 1 << 20;

    private PooledBuffer? _piece;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            _piece ??= PooledBuffer.Rent(PieceSize);
            var count = Math.Min(buffer.Length, PieceSize - _piece.Length);
            buffer.Span[..count].CopyTo(_piece.Memory.Span[_piece.Length..]);
            _piece.Length += count;
            buffer = buffer[count..];
            if (_piece.Length == PieceSize) await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_piece is null) return;
        await output.WriteAsync(new ArchivePiece(_piece), cancellationToken).ConfigureAwait(false);
        _piece = null;
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException("only asynchronous writes");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronous writes");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _piece?.Dispose();
            _piece = null;
        }

        base.Dispose(disposing);
    }
}
