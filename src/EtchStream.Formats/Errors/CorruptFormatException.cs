namespace EtchStream.Formats;

/// <summary>Input that breaks its own format: a bad checksum, a length that cannot be, a truncated stream.</summary>
public sealed class CorruptFormatException : IOException
{
    /// <summary>Creates the error for one structure.</summary>
    /// <param name="structure">What was being read, in the field's words: "tar header", "ext4 group descriptor 3".</param>
    /// <param name="offset">Byte offset of the structure in its own container, or -1 where none makes sense.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public CorruptFormatException(string structure, long offset, string problem, Exception? inner = null)
        : base(offset >= 0 ? $"{structure} at byte {offset}: {problem}" : $"{structure}: {problem}", inner)
    {
        Structure = structure;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>What was being read.</summary>
    public string Structure { get; }

    /// <summary>Byte offset of the structure in its container (archive, disk or partition), or -1.</summary>
    public long Offset { get; }

    /// <summary>What is wrong, without structure and offset.</summary>
    public string Problem { get; }
}
