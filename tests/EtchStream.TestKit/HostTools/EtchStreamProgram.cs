namespace EtchStream.TestKit;

/// <summary>The program as a user runs it, for tests that need a process of it.</summary>
public static class EtchStreamProgram
{
    /// <summary>Names another one than that which was built with the tests: the published one, which is compiled in another way.</summary>
    public const string Variable = "ETCHSTREAM_PROGRAM";

    /// <summary>Its file.</summary>
    /// <exception cref="FileNotFoundException">The variable names none.</exception>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var built = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "etchstream.exe" : "etchstream");
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } published) return built;
        return File.Exists(published) ? published : throw new FileNotFoundException($"{Variable} names no file: {published}");
    }
}
