namespace EtchStream.Formats.IO;

/// <summary>The read side of a part of a disk, with positions counted from the part's own start.</summary>
/// <remarks>The part may reach behind the end of what it is cut from (a truncated image): then only reads that go there fail.</remarks>
public sealed class ReaderSlice : IRandomReader
{
    private readonly IRandomReader _reader;
    private readonly long _start;

    /// <summary>Cuts <paramref name="length"/> bytes at <paramref name="start"/> out of <paramref name="reader"/>.</summary>
    public ReaderSlice(IRandomReader reader, long start, long length)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, long.MaxValue - length);
        _reader = reader;
        _start = start;
        Length = length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw new CorruptFormatException("partition", offset, $"a read of {buffer.Length} bytes leaves the partition, which has {Length} bytes");
        }

        _reader.Read(_start + offset, buffer);
    }
}
