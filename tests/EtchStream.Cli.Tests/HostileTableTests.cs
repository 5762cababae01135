using EtchStream.Cli.Tests.Hostile;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>
/// Archives that want to do harm. Each fails with the exit code and the one line that say why, and leaves nothing behind; or it is taken,
/// and what it gives is a sound file system.
/// </summary>
public sealed class HostileTableTests : IDisposable
{
    private static readonly Dictionary<string, HostileRow> All = new IEnumerable<HostileRow>[] { HostileLinks.Rows(), HostileManifests.Rows(), HostileSizes.Rows() }.SelectMany(rows => rows).ToDictionary(row => row.Name);

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. All.Keys];

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs", "e2fsck")]
    [MemberData(nameof(Names))]
    public async Task A_hostile_archive_does_no_harm(string name)
    {
        var row = All[name];
        var archive = _folder["archive.tar"];
        var output = Path.Combine(_folder.MakeFolder("a/b/c/out"), "disk.img");
        await File.WriteAllBytesAsync(archive, row.Build());
        using StringWriter results = new(), error = new();
        var exitCode = await CommandRunner.RunAsync(["unpack", archive, output], new Terminal
        {
            Out = results,
            Error = error,
            OpenOutput = () => throw new InvalidOperationException("nothing goes to standard output here"),
            OpenInput = () => throw new InvalidOperationException("nothing comes from standard input here"),
        });
        var told = error.ToString();

        Assert.True(row.ExitCode == exitCode, $"exit code {exitCode}, not {row.ExitCode}: {told}");
        Assert.True(told.Contains(row.Message, StringComparison.Ordinal), $"not told: {row.Message}: {told}");
        if (row.ExitCode != 0) Assert.Single(told.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(told.Replace("\n", "", StringComparison.Ordinal), c => Assert.False(char.IsControl(c)));
        Assert.Equal(row.ExitCode == 0 ? [output, archive] : [archive], Directory.GetFiles(_folder.FullPath, "*", Everything).Order(StringComparer.Ordinal));
        Assert.Equal(["a", "b", "c", "out"], Directory.GetDirectories(_folder.FullPath, "*", Everything).Select(Path.GetFileName).Order());
        if (row.ExitCode == 0) Assert.Empty(HostileDisk.Data(output).Check());
    }
}
