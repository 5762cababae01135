namespace EtchStream.Dataflow;

/// <summary>
/// What the disk stage takes: a buffer with writes in the order in which they were asked for, or a barrier that is signalled when
/// all that came before it has reached the file.
/// </summary>
internal sealed class WriteBatch : IDisposable
{
    private readonly List<WriteSegment> _segments = [];
    private int _disposals = 1;
    private int _awaited = 1;

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

    /// <summary>Signalled when the disk stage has reached it (<see cref="Reach"/>); null for a batch of writes.</summary>
    public TaskCompletionSource? Barrier { get; }

    /// <summary>The writes, in order.</summary>
    public IReadOnlyList<WriteSegment> Segments => _segments;

    /// <summary>Bytes that still fit.</summary>
    public int Room { get; private set; }

    /// <summary>The position behind the last stretch: one of the same kind that is appended there joins it.</summary>
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
        Join(new WriteSegment(offset, start, taken));
        return taken;
    }

    /// <summary>Takes a stretch of zeros.</summary>
    public void AppendZeros(long offset, long length) => Join(new WriteSegment(offset, -1, length));

    /// <summary>Lets several readers have it: it is given back when each of them has disposed it, and a barrier answers when each has reached it.</summary>
    public void Share(int readers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(readers, 1);
        _disposals = readers;
        _awaited = readers;
    }

    /// <summary>Answers a barrier, once all who share it have reached it.</summary>
    public void Reach()
    {
        if (Interlocked.Decrement(ref _awaited) == 0) Barrier?.TrySetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _disposals) == 0) Buffer?.Dispose();
    }

    private void Join(WriteSegment segment)
    {
        if (segment.DiskOffset == End && _segments.Count > 0 && _segments[^1].IsZero == segment.IsZero) _segments[^1] = _segments[^1] with { Length = _segments[^1].Length + segment.Length };
        else _segments.Add(segment);
        End = segment.DiskOffset + segment.Length;
    }
}
