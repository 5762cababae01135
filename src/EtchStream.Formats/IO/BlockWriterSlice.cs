namespace EtchStream.Formats.IO;

/// <summary>The write side of a part of a disk, with positions counted from the part's own start.</summary>
public sealed class BlockWriterSlice : IBlockWriter
{
    private readonly IBlockWriter _writer;
    private readonly long _start;
    private long _length;

    /// <summary>Narrows <paramref name="writer"/> to <paramref name="length"/> bytes at <paramref name="start"/>.</summary>
    public BlockWriterSlice(IBlockWriter writer, long start, long length)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
        _start = start;
        _length = length;
    }

    /// <summary>Makes the part longer.</summary>
    public void Extend(long length) => _length = Math.Max(_length, length);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (offset < 0 || offset > _length - data.Length)
        {
            throw new CorruptFormatException("partition", offset, $"a write of {data.Length} bytes leaves the partition, which has {_length} bytes");
        }

        _writer.Write(_start + offset, data);
    }
}
