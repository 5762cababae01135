namespace EtchStream.Unpack.Outputs;

/// <summary>What was read back from a medium is not what was written to it.</summary>
public sealed class VerificationException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line that names output, offset, and what lies there.</param>
    /// <param name="offset">The first byte that differs, counted from the start of the image.</param>
    public VerificationException(string message, long offset)
        : base(message) => Offset = offset;

    /// <summary>The first byte that differs, counted from the start of the image.</summary>
    public long Offset { get; }
}
