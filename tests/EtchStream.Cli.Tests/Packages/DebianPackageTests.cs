using System.IO.Compression;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>The Debian package of the program that is tested, judged by dpkg, the shells and man.</summary>
public sealed class DebianPackageTests(DebianPackage made) : IClassFixture<DebianPackage>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("dpkg", "dpkg-deb", "readelf", "gzip", RequiresRoot = true)]
    public void It_installs_runs_and_leaves_nothing_behind()
    {
        var package = made.File;
        Assert.Equal($"etchstream_{ProductVersion.Text}-1_{HostTool.RunOk("dpkg", "--print-architecture").Output.Trim()}.deb", Path.GetFileName(package));

        // Another root that has what this machine has installed: what the package depends on must be there, or dpkg refuses.
        var root = _folder.MakeFolder("root");
        foreach (var part in (string[])["info", "updates", "triggers"]) Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg", part));
        File.Copy("/var/lib/dpkg/status", Path.Combine(root, "var/lib/dpkg/status"));
        var before = Files(root);
        HostTool.RunOk("dpkg", ["--root=" + root, .. made.IsOneFile ? Array.Empty<string>() : ["--force-depends"], "-i", package]);
        Assert.Equal("", HostTool.RunOk("dpkg", "--root=" + root, "--verify", "etchstream").Output);
        Assert.Equal($"{ProductVersion.Text}-1", HostTool.RunOk("dpkg-query", "--admindir=" + Path.Combine(root, "var/lib/dpkg"), "-W", "-f", "${Version}", "etchstream").Output);

        var program = Path.Combine(root, "usr/bin/etchstream");
        Assert.Equal($"etchstream {ProductVersion.Text}\n", HostTool.RunOk(program, "--version").Output);
        HostTool.RunOk(program, "demo", _folder["demo"]);
        foreach (var (shell, file) in new[] { ("bash", "bash-completion/completions/etchstream"), ("zsh", "zsh/vendor-completions/_etchstream"), ("fish", "fish/vendor_completions.d/etchstream.fish") })
            Assert.Equal(HostTool.RunOk(program, "completion", shell).Output, HostTool.RunOk("cat", Path.Combine(root, "usr/share", file)).Output);
        Assert.Equal(HostTool.RunOk(program, "completion", "man").Output, Unpacked(root, "man/man1/etchstream.1.gz"));
        Assert.Equal(File.ReadAllText(Repository.File("docs/changelog.md")), Unpacked(root, "doc/etchstream/changelog.gz"));
        Assert.StartsWith($"etchstream ({ProductVersion.Text}-1) ", Unpacked(root, "doc/etchstream/changelog.Debian.gz"), StringComparison.Ordinal);
        Assert.Contains("License: Apache-2.0", File.ReadAllText(Path.Combine(root, "usr/share/doc/etchstream/copyright")), StringComparison.Ordinal);

        HostTool.RunOk("dpkg", "--root=" + root, "-P", "etchstream");
        Nothing.Wrong("files left behind", [.. Files(root).Except(before, StringComparer.Ordinal)]);
    }

    [ToolFact("dpkg-deb", "readelf", "gzip")]
    public void The_same_program_gives_the_same_bytes()
    {
        var first = made.File;
        Assert.True(File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(made.Make(_folder["second"]))), "two runs, and not the same package");
        Nothing.Wrong("not root's", [.. HostTool.RunOk("dpkg-deb", "--contents", first).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains(" root/root ", StringComparison.Ordinal))]);
        var control = HostTool.RunOk("dpkg-deb", "--field", first, "Depends", "Recommends").Output;
        Assert.Matches(@"^Depends: libc6 \(>= 2\.\d+\)", control);
        Assert.Contains("libzstd1", control, StringComparison.Ordinal);
        Assert.Contains("liblzma5", control, StringComparison.Ordinal);
    }

    [ToolFact("dpkg-deb", "readelf", "gzip")]
    public void A_folder_without_the_program_is_refused()
    {
        var run = HostTool.Run("bash", DebianPackage.Script, _folder.MakeFolder("empty"), _folder["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("dotnet publish", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private static List<string> Files(string root) => [.. Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(Path.Combine(root, "var/lib/dpkg/"), StringComparison.Ordinal) && !f.StartsWith(Path.Combine(root, "var/log"), StringComparison.Ordinal))];

    private static string Unpacked(string root, string file)
    {
        using var gzip = new GZipStream(File.OpenRead(Path.Combine(root, "usr/share", file)), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }
}
