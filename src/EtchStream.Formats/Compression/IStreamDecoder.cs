namespace EtchStream.Formats.Compression;

/// <summary>Decompresses streams of one format.</summary>
public interface IStreamDecoder
{
    /// <summary>The format.</summary>
    CompressionFormat Format { get; }

    /// <summary>Opens the decompressed content of <paramref name="compressed"/>.</summary>
    /// <param name="compressed">Any readable stream; it need not seek and may give a byte at a time.</param>
    /// <param name="leaveOpen">Whether to leave <paramref name="compressed"/> open when the result is disposed.</param>
    /// <returns>
    /// A forward-only stream that pulls from <paramref name="compressed"/> as it is read. Damage, truncation and trailing garbage
    /// surface from a read as <see cref="CorruptFormatException"/>, at the latest from the read that would else return 0: only
    /// who reads to the end knows that the content is whole.
    /// </returns>
    /// <exception cref="UnsupportedFormatException">A system library that does this is missing.</exception>
    Stream OpenDecoder(Stream compressed, bool leaveOpen = false);
}
