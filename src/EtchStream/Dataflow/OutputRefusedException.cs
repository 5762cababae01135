namespace EtchStream.Dataflow;

/// <summary>An output that is not written for safety's sake: it is the input itself, or a folder.</summary>
public sealed class OutputRefusedException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The output.</param>
    /// <param name="reason">Why it is refused, and what the user can do.</param>
    public OutputRefusedException(string path, string reason)
        : base($"{path}: {reason}") => Path = path;

    /// <summary>The output.</summary>
    public string Path { get; }
}
