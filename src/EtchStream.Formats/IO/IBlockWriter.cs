namespace EtchStream.Formats.IO;

/// <summary>
/// Takes bytes for a position. A later write to the same position wins. The bytes may reach the disk later than the call
/// returns, but in the order of the calls.
/// </summary>
public interface IBlockWriter
{
    /// <summary>Writes <paramref name="data"/> at <paramref name="offset"/>. The span is not kept.</summary>
    void Write(long offset, ReadOnlySpan<byte> data);
}
