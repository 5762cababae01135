namespace EtchStream.Formats.IO;

/// <summary>A <see cref="ByteSource"/> over any readable stream.</summary>
public sealed class StreamByteSource : ByteSource
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer;

    /// <summary>Reads <paramref name="stream"/> in pieces of up to <paramref name="bufferSize"/> bytes.</summary>
    public StreamByteSource(Stream stream, int bufferSize = 256 * 1024, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1);
        _stream = stream;
        _leaveOpen = leaveOpen;
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
    public override async ValueTask DisposeAsync()
    {
        if (!_leaveOpen) await _stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
