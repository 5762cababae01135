using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>The Debian package of the program that is tested, made when a test first asks for it.</summary>
public sealed class DebianPackage : IDisposable
{
    private static readonly string Published = Path.GetDirectoryName(EtchStreamProgram.Path)!;

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _file;

    public DebianPackage() => _file = new Lazy<string>(() => Make(_folder["out"]));

    /// <summary>What makes it.</summary>
    public static string Script { get; } = Repository.File("src/EtchStream.Cli/Packaging/make-deb.sh");

    /// <summary>The published program is one file; that which is built with the tests takes the runtime, which need not be a Debian package here.</summary>
    public static bool IsOneFile { get; } = !System.IO.File.Exists(Path.Combine(Published, "etchstream.dll"));

    /// <summary>Its path.</summary>
    public string File => _file.Value;

    /// <summary>Makes it once more.</summary>
    public static string Make(string folder) => HostTool.RunOk("bash", Script, Published, folder).Output.Trim();

    public void Dispose() => _folder.Dispose();
}
