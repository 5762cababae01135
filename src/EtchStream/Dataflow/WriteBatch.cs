namespace EtchStream.Dataflow;

/// <summary>One stretch of bytes that goes to the disk in one call.</summary>
/// <param name="DiskOffset">Where it goes.</param>
/// <param name="Start">Where its bytes start in the batch's buffer.</param>
/// <param name="Length">How many they are.</param>
public readonly record struct WriteSegment(long DiskOffset, int Start, int Length);

/// <summary>
/// What the disk stage takes: a buffer with writes in the order in which they were asked for, or a barrier that is signalled when
/// all that came before it has reached the file.
/// </summary>
public sealed class WriteBatch : IDisposable
{
    private readonly List<WriteSegment> _segments = [];

    /// <summary>Starts an empty batch that holds up to <paramref name="capacity"/> bytes.</summary>
    public WriteBatch(int capacity)
    {
        Buffer = PooledBuffer.Rent(capacity);
        Room = Math.Min(capacity, Buffer.Capacity);
    }

    /// <summary>Makes a barrier.</summary>
    public WriteBatch(TaskCompletionSource barrier) => Barrier = barrier;

    /// <summary>The bytes, null for a barrier.</summary>
    public PooledBuffer? Buffer { get; }

    /// <summary>Signalled by the disk stage; null for a batch of writes.</summary>
    public TaskCompletionSource? Barrier { get; }

    /// <summary>The writes, in order.</summary>
    public IReadOnlyList<WriteSegment> Segments => _segments;

    /// <summary>Bytes that still fit.</summary>
    public int Room { get; private set; }

    /// <summary>The position behind the last write: what is appended there joins it.</summary>
    public long End { get; private set; } = -1;

    /// <summary>Takes as much of <paramref name="data"/> as fits.</summary>
    /// <returns>How many bytes were taken.</returns>
    public int Append(long offset, ReadOnlySpan<byte> data)
    {
        var taken = Math.Min(data.Length, Room);
        var start = Buffer!.Length;
        data[..taken].CopyTo(Buffer.Memory.Span[start..]);
        Buffer.Length = start + taken;
        Room -= taken;
        if (offset == End && _segments.Count > 0)
        {
            var last = _segments[^1];
            _segments[^1] = last with { Length = last.Length + taken };
        }
        else
        {
            _segments.Add(new WriteSegment(offset, start, taken));
        }

        End = offset + taken;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => Buffer?.Dispose();
}
