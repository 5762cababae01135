using System.Buffers;

namespace EtchStream.Dataflow;

/// <summary>
/// A rented block of memory with the count of bytes in use. Writing it to a channel hands it over: the receiver disposes it.
/// </summary>
internal sealed class PooledBuffer : IDisposable
{
    private byte[]? _array;

    private static long outstanding;

    private PooledBuffer(byte[] array)
    {
        _array = array;
        Interlocked.Increment(ref outstanding);
    }

    /// <summary>Blocks rented and not yet given back, in the whole process: what a pipeline has left behind when it is not 0 at rest.</summary>
    internal static long Outstanding => Interlocked.Read(ref outstanding);

    /// <summary>Bytes in use, from the start.</summary>
    public int Length { get; set; }

    /// <summary>All of the block.</summary>
    public Memory<byte> Memory => Array;

    /// <summary>The bytes in use.</summary>
    public ReadOnlyMemory<byte> Data => Array.AsMemory(0, Length);

    /// <summary>How many bytes the block can hold.</summary>
    public int Capacity => Array.Length;

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBuffer));

    /// <summary>Rents a block of at least <paramref name="capacity"/> bytes.</summary>
    public static PooledBuffer Rent(int capacity) => new(ArrayPool<byte>.Shared.Rent(capacity));

    /// <summary>Gives the block back. Safe to call twice; the second call does nothing.</summary>
    public void Dispose()
    {
        var array = Interlocked.Exchange(ref _array, null);
        if (array is null) return;
        Interlocked.Decrement(ref outstanding);
        ArrayPool<byte>.Shared.Return(array);
    }

    /// <summary>Lets the block go without giving it back, because someone may still write into it. The garbage collector takes it.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _array, null) is not null) Interlocked.Decrement(ref outstanding);
    }
}
