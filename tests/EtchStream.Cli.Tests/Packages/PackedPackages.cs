using System.Text.Json;
using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes of the repository, once for all tests of it, in a folder that is a package source with all it needs.</summary>
public sealed class PackedPackages : IDisposable
{
    /// <summary>How the tests were built, and so what lies there to be packed.</summary>
    internal static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs, and lays beside it what the packages depend on, out of the cache that the restore of these tests filled.</summary>
    public PackedPackages()
    {
        Pack(Source);
        foreach (var package in Dependencies()) File.Copy(package, Path.Combine(Source, Path.GetFileName(package)));
        // Of no other source, so that nothing comes over the network; of no folder above, so that nothing of the repository takes part.
        File.WriteAllText(_folder["nuget.config"], $"""<configuration><packageSources><clear/><add key="packed" value="{Source}"/></packageSources></configuration>""");
        File.WriteAllText(_folder["Directory.Build.props"], "<Project/>");
        File.WriteAllText(_folder["Directory.Build.targets"], "<Project/>");
        File.WriteAllText(_folder["Directory.Packages.props"], "<Project/>");
    }

    /// <summary>A folder to work in; the packages' folder is the only source of packages in it.</summary>
    public TemporaryFolder Folder => _folder;

    /// <summary>The packages' folder.</summary>
    public string Source => _folder["source"];

    /// <summary>The packages that were packed.</summary>
    public IReadOnlyList<string> Own => [.. Directory.GetFiles(Source, "EtchStream*.nupkg").Order(StringComparer.Ordinal)];

    /// <summary>Packs into a folder what is built.</summary>
    public static void Pack(string folder) => DotNet(Repository.Root, "pack", "EtchStream.sln", "-c", Configuration, "--no-build", "--nologo", "-o", folder);

    /// <summary>Runs the SDK's program, with a cache of packages of its own: one that holds an older package of this version would win.</summary>
    public HostToolResult DotNet(params string[] arguments) => DotNet(_folder.FullPath, _folder["cache"], arguments);

    /// <summary>Runs a program that was built, in a folder.</summary>
    public HostToolResult RunIn(string folder, string assembly) => DotNet(folder, _folder["cache"], [assembly]);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void DotNet(string folder, params string[] arguments) => DotNet(folder, cache: null, arguments);

    private static HostToolResult DotNet(string folder, string? cache, string[] arguments)
    {
        // No server outlives the run: it would hold the pipe that its output is read from.
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["MSBUILDTERMINALLOGGER"] = "off" };
        if (cache is not null) environment["NUGET_PACKAGES"] = cache;
        return HostTool.Run(new HostToolCall(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet", arguments) { WorkingDirectory = folder, Environment = environment, Timeout = TimeSpan.FromMinutes(5) }).Succeeded();
    }

    private static IEnumerable<string> Dependencies()
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Repository.File("src/EtchStream/obj/project.assets.json")));
        var caches = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            var path = library.Value.GetProperty("path").GetString()!;
            var name = path.Replace('/', '.') + ".nupkg";
            yield return caches.Select(c => Path.Combine(c, path, name)).FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"{name} is in no cache of packages: {string.Join(", ", caches)}");
        }
    }
}
