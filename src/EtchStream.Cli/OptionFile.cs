namespace EtchStream.Cli;

/// <summary>Files that options name.</summary>
internal static class OptionFile
{
    /// <summary>The path, if there is something to read; the errors of .NET name neither the option nor a folder as what it is.</summary>
    /// <exception cref="UsageException">The path is empty.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="IOException">A folder is there.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way is closed to the user.</exception>
    public static string Check(string option, string path)
    {
        if (path.Length == 0) throw new UsageException($"{option}: the file's name is empty");
        if (Directory.Exists(path)) throw new IOException($"{option} {path}: it is a folder; name the file");
        if (File.Exists(path)) return path;
        throw IsClosed(path)
            ? new UnauthorizedAccessException($"{option} {path}: no permission to reach it; run as its owner or as root")
            : new FileNotFoundException($"{option} {path}: no such file");
    }

    private static bool IsClosed(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // Nothing is there.
        }

        return false;
    }
}
