namespace EtchStream.TestKit;

/// <summary>Where the repository's own files are.</summary>
public static class Repository
{
    /// <summary>The folder with the solution file, found from where the tests run.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Full path of one of the repository's files.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (System.IO.File.Exists(Path.Combine(folder, "EtchStream.sln"))) return folder;
        }

        throw new InvalidOperationException($"no EtchStream.sln above {AppContext.BaseDirectory}");
    }
}
