namespace EtchStream.Cli;

/// <summary>Files that options name.</summary>
internal static class OptionFile
{
    /// <summary>The path, if there is something to read; the errors of .NET name neither the option nor a folder as what it is.</summary>
    /// <exception cref="UsageException">The path is empty.</exception>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="IOException">A folder is there.</exception>
    public static string Check(string option, string path)
    {
        if (path.Length == 0) throw new UsageException($"{option}: the file's name is empty");
        if (Directory.Exists(path)) throw new IOException($"{option} {path}: it is a folder; name the file");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{option} {path}: there is no such file");
    }
}
