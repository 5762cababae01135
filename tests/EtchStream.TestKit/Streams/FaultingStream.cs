namespace EtchStream.TestKit;

/// <summary>A stream that works until a number of bytes has passed and then throws: a broken cable, a full disk.</summary>
/// <param name="inner">Where the bytes come from or go to.</param>
/// <param name="goodBytes">Bytes that pass, read and written together, before the fault.</param>
/// <param name="error">What is thrown.</param>
public sealed class FaultingStream(Stream inner, long goodBytes, Func<Exception>? error = null) : ForwardStream(inner)
{
    private long _left = goodBytes;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = Inner.Read(buffer[..Allow(buffer.Length)]);
        _left -= count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer[..Allow(buffer.Length)], cancellationToken);
        _left -= count;
        return count;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var part = Allow(buffer.Length);
            Inner.Write(buffer[..part]);
            _left -= part;
            buffer = buffer[part..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private int Allow(int wanted)
    {
        if (_left <= 0 && wanted > 0) throw error?.Invoke() ?? new IOException("Input/output error");
        return (int)Math.Min(_left, wanted);
    }
}
