using System.Threading.Channels;
using EtchStream.Formats.IO;

namespace EtchStream.Dataflow;

/// <summary>
/// A <see cref="ByteSource"/> over the buffers of a channel. The parser's windows lie in the buffers themselves; a buffer whose
/// bytes are all consumed is handed on to the next stage, which disposes it, or is disposed when there is none.
/// </summary>
/// <remarks>
/// While <see cref="Hold"/> is set, consumed buffers are kept back, so that a decision taken at the end of a header (is this the
/// trailer?) still comes before the next stage sees the header's bytes. A header is bounded, so what is kept back is too.
/// </remarks>
internal sealed class ChannelByteSource : ByteSource
{
    private readonly ChannelReader<PooledBuffer> _input;
    private readonly ChannelWriter<PooledBuffer>? _consumed;
    private readonly Queue<(PooledBuffer Buffer, long End)> _held = new();
    private PooledBuffer? _current;

    /// <summary>Reads from <paramref name="input"/> and hands consumed buffers to <paramref name="consumed"/>, when given.</summary>
    public ChannelByteSource(ChannelReader<PooledBuffer> input, ChannelWriter<PooledBuffer>? consumed = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _consumed = consumed;
    }

    /// <summary>Set while consumed buffers must not yet be handed on.</summary>
    public bool Hold { get; set; }

    /// <inheritdoc/>
    public override async ValueTask<bool> FillAsync(CancellationToken cancellationToken = default)
    {
        await HandOnCurrentAsync(cancellationToken).ConfigureAwait(false);
        while (await _input.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_input.TryRead(out var buffer)) continue;
            if (buffer.Length == 0)
            {
                buffer.Dispose();
                continue;
            }

            _current = buffer;
            Window = buffer.Data;
            return true;
        }

        return false;
    }

    /// <summary>
    /// Ends <see cref="Hold"/> and hands on what was kept back and ends at or before <paramref name="position"/>; the rest stays until
    /// the next call. Completes at once when there is nothing to do.
    /// </summary>
    public ValueTask ReleaseAsync(long position, CancellationToken cancellationToken)
    {
        Hold = _held.TryPeek(out var first) && first.End > position;
        return _held.Count == 0 || Hold ? ValueTask.CompletedTask : ReleaseHeldAsync(position, cancellationToken);
    }

    /// <summary>Hands on all that is left, unread, after the parser has given up.</summary>
    /// <param name="limit">Bytes that are read for it, about.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False where more would have come.</returns>
    public async ValueTask<bool> DrainAsync(long limit, CancellationToken cancellationToken)
    {
        await ReleaseAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        for (long count = 0; count <= limit; count += Window.Length)
        {
            Consume(Window.Length);
            if (!await FillAsync(cancellationToken).ConfigureAwait(false)) return true;
        }

        return false;
    }

    /// <summary>Gives back the buffers this source still owns and those that wait in the channel.</summary>
    public override ValueTask DisposeAsync()
    {
        Window = default;
        Interlocked.Exchange(ref _current, null)?.Dispose();
        while (_held.TryDequeue(out var held)) held.Buffer.Dispose();
        while (_input.TryRead(out var waiting)) waiting.Dispose();
        return base.DisposeAsync();
    }

    private async ValueTask ReleaseHeldAsync(long position, CancellationToken cancellationToken)
    {
        while (_held.TryPeek(out var first) && first.End <= position)
        {
            await HandOnAsync(first.Buffer, cancellationToken).ConfigureAwait(false);
            _held.Dequeue();
        }

        // One that reaches further keeps those behind it back, so that the order stays.
        Hold = _held.Count > 0;
    }

    private async ValueTask HandOnCurrentAsync(CancellationToken cancellationToken)
    {
        Window = default;
        if (_current is not { } buffer) return;
        if (Hold)
        {
            _current = null;
            _held.Enqueue((buffer, Position));
            return;
        }

        await HandOnAsync(buffer, cancellationToken).ConfigureAwait(false);
        _current = null;
    }

    private ValueTask HandOnAsync(PooledBuffer buffer, CancellationToken cancellationToken)
    {
        if (_consumed is not null) return _consumed.WriteAsync(buffer, cancellationToken);
        buffer.Dispose();
        return ValueTask.CompletedTask;
    }
}
