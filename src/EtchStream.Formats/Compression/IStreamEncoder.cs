namespace EtchStream.Formats.Compression;

/// <summary>Compresses streams to one format.</summary>
public interface IStreamEncoder
{
    /// <summary>The format.</summary>
    CompressionFormat Format { get; }

    /// <summary>The levels that can be asked for, the weakest and the strongest.</summary>
    (int Lowest, int Highest) Levels { get; }

    /// <summary>Opens a stream that compresses what is written to it into <paramref name="output"/>.</summary>
    /// <param name="output">Takes the compressed bytes.</param>
    /// <param name="level">A level within <see cref="Levels"/>, or null for the format's usual one.</param>
    /// <param name="leaveOpen">Whether to leave <paramref name="output"/> open when the result is disposed.</param>
    /// <returns>
    /// A write-only stream; disposing it writes the end. The same content and level give the same bytes, whatever the sizes of
    /// the writes, as long as the compression library has the same version: no time and no name is stored.
    /// </returns>
    /// <exception cref="UnsupportedFormatException">A system library that does this is missing.</exception>
    Stream OpenEncoder(Stream output, int? level = null, bool leaveOpen = false);
}
