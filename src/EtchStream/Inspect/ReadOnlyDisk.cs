using EtchStream.Formats.IO;

namespace EtchStream.Inspect;

/// <summary>Something that can only be read, where a disk is asked for. A write is a bug of the caller.</summary>
internal sealed class ReadOnlyDisk(IRandomReader reader) : IDisk
{
    public long Length => reader.Length;

    public void Read(long offset, Span<byte> buffer) => reader.Read(offset, buffer);

    public void Write(long offset, ReadOnlySpan<byte> data) => throw new InvalidOperationException("inspecting never writes");
}
