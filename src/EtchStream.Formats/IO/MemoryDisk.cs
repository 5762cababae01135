namespace EtchStream.Formats.IO;

/// <summary>A disk held in memory, for small images and for tests.</summary>
public sealed class MemoryDisk : IDisk
{
    private readonly Memory<byte> _bytes;

    /// <summary>Makes a disk of the given bytes, which are changed in place.</summary>
    public MemoryDisk(Memory<byte> bytes) => _bytes = bytes;

    /// <inheritdoc/>
    public long Length => _bytes.Length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw new CorruptFormatException("disk image", offset, $"it ends at byte {Length}, {buffer.Length} bytes were expected here");
        }

        _bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (offset < 0 || offset > Length - data.Length)
        {
            throw new CorruptFormatException("disk image", offset, $"it ends at byte {Length}, a write of {data.Length} bytes leaves it");
        }

        data.CopyTo(_bytes.Span[(int)offset..]);
    }
}
