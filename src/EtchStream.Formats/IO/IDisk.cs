namespace EtchStream.Formats.IO;

/// <summary>A random-access container that is read and written in place, at once: what was written is read back.</summary>
public interface IDisk : IRandomReader, IBlockWriter
{
}
