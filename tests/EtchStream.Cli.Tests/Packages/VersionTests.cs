using System.Text.RegularExpressions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>The version comes from Directory.Build.props; what tells it otherwise follows.</summary>
public sealed partial class VersionTests
{
    [Fact]
    public void The_program_prints_it()
    {
        Assert.Equal($"etchstream {ProductVersion.Text}\n", CliProcess.Run("--version").Succeeded().Output);
        Assert.StartsWith($".TH ETCHSTREAM 1 \"\" \"etchstream {ProductVersion.Text}\"\n", CliProcess.Run("completion", "man").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_changelog_tells_of_it_first() =>
        Assert.Equal(ProductVersion.Text, Heading().Match(File.ReadAllText(Repository.File("docs/changelog.md"))).Groups[1].Value);

    [Fact]
    public void No_project_has_one_of_its_own()
    {
        var projects = new[] { "src", "tests", "bench" }.SelectMany(f => Directory.GetFiles(Repository.File(f), "*.csproj", SearchOption.AllDirectories)).ToList();
        Assert.NotEmpty(projects);
        Nothing.Wrong("versions beside that of Directory.Build.props", [.. projects.Where(p => OwnVersion().IsMatch(File.ReadAllText(p)))]);
    }

    [GeneratedRegex(@"^## \[(.+)\] - \d{4}-\d\d-\d\d$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex("<(Version|VersionPrefix|VersionSuffix|PackageVersion|AssemblyVersion|FileVersion|InformationalVersion)>", RegexOptions.CultureInvariant)]
    private static partial Regex OwnVersion();
}
