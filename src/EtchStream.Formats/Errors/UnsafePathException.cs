namespace EtchStream.Formats;

/// <summary>A path that must not be followed: it climbs out of its root, or leads through a symbolic link or a file.</summary>
public sealed class UnsafePathException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The path as the user would read it.</param>
    /// <param name="problem">Why it is refused.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public UnsafePathException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The path as the user would read it.</summary>
    public string Path { get; }

    /// <summary>Why it is refused.</summary>
    public string Problem { get; }
}
