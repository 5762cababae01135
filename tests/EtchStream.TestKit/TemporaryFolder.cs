namespace EtchStream.TestKit;

/// <summary>A folder of its own for one test, deleted with all it holds when disposed. <c>ETCHSTREAM_TEST_TMP</c> says where; else the system's place for temporary files.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes a new empty folder.</summary>
    public TemporaryFolder()
    {
        var root = Environment.GetEnvironmentVariable("ETCHSTREAM_TEST_TMP");
        if (string.IsNullOrEmpty(root)) root = System.IO.Path.GetTempPath();
        FullPath = System.IO.Path.Combine(root, $"etchstream-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(FullPath);
    }

    /// <summary>The folder's full path.</summary>
    public string FullPath { get; }

    /// <summary>The full path of a name in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(FullPath, name);

    /// <summary>Makes a folder in this folder and returns its path.</summary>
    public string MakeFolder(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <inheritdoc/>
    public override string ToString() => FullPath;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Directory.Exists(FullPath)) return;

        // rm copes with what .NET's own delete does not: names that are not UTF-8, paths beyond PATH_MAX. --one-file-system
        // keeps a mount that a failed test left behind from being emptied.
        HostTool.Run("rm", "-rf", "--one-file-system", "--", FullPath);
    }
}
