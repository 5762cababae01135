namespace EtchStream.Formats.IO;

/// <summary>A stretch of a sparse file that holds data; all between such stretches reads as zeros.</summary>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Length">Bytes, at least 1 (a map may close with one of length 0 at the file's end).</param>
public readonly record struct DataRun(long Offset, long Length)
{
    /// <summary>The first byte behind the stretch.</summary>
    public long End => Offset + Length;
}
