using System.Buffers;

namespace EtchStream.Dataflow;

/// <summary>
/// A rented block of memory with the count of bytes in use. Writing it to a channel hands it over: the receiver disposes it.
/// </summary>
public sealed class PooledBuffer : IDisposable
{
    private byte[]? _array;

    private PooledBuffer(byte[] array) => _array = array;

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
        if (array is not null) ArrayPool<byte>.Shared.Return(array);
    }
}
