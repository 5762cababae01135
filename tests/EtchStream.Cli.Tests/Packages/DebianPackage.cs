using EtchStream.TestKit;
using IOFile = System.IO.File;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>The Debian package of the program that is tested, made when a test first asks for it.</summary>
public sealed class DebianPackage : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _published;
    private readonly Lazy<string> _file;

    public DebianPackage()
    {
        _published = new Lazy<string>(Published);
        _file = new Lazy<string>(() => Make(_folder["out"]));
    }

    /// <summary>What makes it.</summary>
    public static string Script { get; } = Repository.File("src/EtchStream.Cli/Packaging/make-deb.sh");

    /// <summary>The published program is one file; that which is only built takes the runtime, which need not be a Debian package here.</summary>
    public bool IsOneFile => !IOFile.Exists(Path.Combine(_published.Value, "etchstream.dll"));

    /// <summary>Its path.</summary>
    public string File => _file.Value;

    /// <summary>Makes it once more.</summary>
    public string Make(string folder) => HostTool.RunOk("bash", Script, _published.Value, folder).Output.Trim();

    public void Dispose() => _folder.Dispose();

    private string Published()
    {
        if (Environment.GetEnvironmentVariable(EtchStreamProgram.Variable) is { Length: > 0 } program) return Path.GetDirectoryName(Path.GetFullPath(program))!;

        // None is published: what the build made has the same files, in a folder where other builds have folders of theirs.
        var copy = _folder.MakeFolder("published");
        foreach (var file in Directory.GetFiles(Repository.File($"src/EtchStream.Cli/bin/{PackedPackages.Configuration}/net10.0"))) IOFile.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }
}
