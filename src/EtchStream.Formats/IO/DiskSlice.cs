namespace EtchStream.Formats.IO;

/// <summary>A part of a disk, such as one partition, with positions counted from its own start.</summary>
/// <remarks>Nothing outside the part can be reached through it: this is what keeps a hostile file system inside its partition.</remarks>
public sealed class DiskSlice : IDisk
{
    private readonly IDisk _disk;

    /// <summary>Cuts <paramref name="length"/> bytes at <paramref name="start"/> out of <paramref name="disk"/>.</summary>
    public DiskSlice(IDisk disk, long start, long length)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _disk = disk;
        Start = start;
        Length = length;
    }

    /// <summary>First byte of the part in the disk.</summary>
    public long Start { get; }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <summary>Makes the part longer; the disk has to reach that far.</summary>
    public void Extend(long length) => Length = Math.Max(Length, length);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw new CorruptFormatException("partition", offset, $"a read of {buffer.Length} bytes leaves the partition, which has {Length} bytes");
        }

        _disk.Read(Start + offset, buffer);
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (offset < 0 || offset > Length - data.Length)
        {
            throw new CorruptFormatException("partition", offset, $"a write of {data.Length} bytes leaves the partition, which has {Length} bytes");
        }

        _disk.Write(Start + offset, data);
    }
}
