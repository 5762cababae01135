namespace EtchStream.Formats.IO;

/// <summary>
/// A forward-only source of bytes that hands out windows into its own buffers, so that a parser looks at the bytes where
/// they lie and nothing is copied on the way.
/// </summary>
/// <remarks>
/// Use: look at <see cref="Window"/>, <see cref="Consume"/> what was used, and when the window is empty await
/// <see cref="FillAsync"/>. A window is valid until the next call of <see cref="FillAsync"/>.
/// </remarks>
public abstract class ByteSource : IAsyncDisposable
{
    /// <summary>Bytes at hand and not yet consumed.</summary>
    public ReadOnlyMemory<byte> Window { get; protected set; }

    /// <summary>Position in the stream of the window's first byte: the count of all bytes consumed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Takes <paramref name="count"/> bytes off the front of the window.</summary>
    public void Consume(int count)
    {
        Window = Window[count..];
        Position += count;
    }

    /// <summary>Counts bytes as consumed that were never in a window.</summary>
    protected void Pass(long count) => Position += count;

    /// <summary>Gets the next window. Call it only when <see cref="Window"/> is empty.</summary>
    /// <returns>False at the end of the stream.</returns>
    public abstract ValueTask<bool> FillAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Copies bytes until <paramref name="destination"/> is full or the stream ends.
    /// </summary>
    /// <returns>How many bytes were copied; fewer than asked only at the end of the stream.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        var total = 0;
        while (total < destination.Length)
        {
            if (Window.IsEmpty && !await FillAsync(cancellationToken).ConfigureAwait(false)) break;
            var count = Math.Min(Window.Length, destination.Length - total);
            Window[..count].CopyTo(destination[total..]);
            Consume(count);
            total += count;
        }

        return total;
    }

    /// <summary>Consumes <paramref name="count"/> bytes without looking at them; a source that can go on without reading them does so.</summary>
    /// <returns>How many bytes were skipped; fewer than asked only at the end of the stream.</returns>
    public virtual async ValueTask<long> SkipAsync(long count, CancellationToken cancellationToken = default)
    {
        var left = count;
        while (left > 0)
        {
            if (Window.IsEmpty && !await FillAsync(cancellationToken).ConfigureAwait(false)) break;
            var step = (int)Math.Min(Window.Length, left);
            Consume(step);
            left -= step;
        }

        return count - left;
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
