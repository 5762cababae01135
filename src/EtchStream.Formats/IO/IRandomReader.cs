namespace EtchStream.Formats.IO;

/// <summary>Bytes that can be read at any position: a disk image, a partition of it, memory.</summary>
public interface IRandomReader
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="CorruptFormatException">The range leaves the container (a truncated image, a pointer behind its end).</exception>
    void Read(long offset, Span<byte> buffer);
}
