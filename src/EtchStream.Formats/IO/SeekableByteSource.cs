namespace EtchStream.Formats.IO;

/// <summary>A <see cref="ByteSource"/> over a stream that can be positioned: what is skipped is not read.</summary>
/// <remarks>
/// Made for headers with much between them. A small buffer keeps down what is read behind a header for nothing; what is skipped within
/// it costs no call either.
/// </remarks>
public sealed class SeekableByteSource : ByteSource
{
    private const int DefaultBuffer = 16 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer;

    /// <summary>Reads <paramref name="stream"/> from its position on, in pieces of up to <paramref name="bufferSize"/> bytes. It stays the caller's to dispose.</summary>
    /// <exception cref="ArgumentException">The stream cannot be positioned.</exception>
    public SeekableByteSource(Stream stream, int bufferSize = DefaultBuffer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1);
        if (!stream.CanSeek) throw new ArgumentException("the stream cannot be positioned", nameof(stream));
        _stream = stream;
        _buffer = new byte[bufferSize];
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> FillAsync(CancellationToken cancellationToken = default)
    {
        var count = await _stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        Window = _buffer.AsMemory(0, count);
        return count > 0;
    }

    /// <inheritdoc/>
    public override ValueTask<long> SkipAsync(long count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var inWindow = (int)Math.Min(Window.Length, count);
        Consume(inWindow);

        // Not behind the end, where a stream could be positioned too: what is missing there has to be noticed.
        var beyond = Math.Clamp(_stream.Length - _stream.Position, 0, count - inWindow);
        _stream.Position += beyond;
        Pass(beyond);
        return ValueTask.FromResult(inWindow + beyond);
    }
}
