using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Engines come and go without a trace.</summary>
[Collection(EngineCollection.Name)]
public sealed class DockerEngineTests
{
    [ToolFact("dockerd", RequiresRoot = true)]
    public async Task Two_engines_run_side_by_side_and_leave_nothing_behind()
    {
        using var volume = new EngineVolume(1L << 30);
        string[] hosts;
        await using (var a = await DockerEngine.StartAsync(volume["a"]))
        await using (var b = await DockerEngine.StartAsync(volume["b"]))
        {
            hosts = [a.Host, b.Host];
            Assert.Equal($"{volume["a"]} overlay2\n", a.Docker("info", "--format", "{{.DockerRootDir}} {{.Driver}}"));
            Assert.Equal($"{volume["b"]} overlay2\n", b.Docker("info", "--format", "{{.DockerRootDir}} {{.Driver}}"));
        }

        foreach (var host in hosts)
        {
            var folder = Path.GetDirectoryName(host["unix://".Length..])!;
            Assert.False(Directory.Exists(folder));
            Assert.DoesNotContain(folder, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);

            // dockerd, and the containerd that it started, have the folder on their command lines.
            Assert.DoesNotContain(Directory.GetDirectories("/proc").Select(process => Path.Combine(process, "cmdline")).Where(File.Exists).Select(Read), line => line.Contains(folder, StringComparison.Ordinal));
        }
    }

    [ToolFact("dockerd", RequiresRoot = true)]
    public async Task An_engine_that_does_not_start_says_why()
    {
        using var folder = new TemporaryFolder();
        var image = Ext4Image.Make(folder["a.img"], 0, 64 << 20, "-t", "ext4");
        using var mount = LoopMount.Open(image);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DockerEngine.StartAsync(mount.Path));
        Assert.StartsWith("dockerd exited with 1\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("read-only file system", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("dockerd", RequiresRoot = true)]
    public async Task A_command_that_fails_says_why()
    {
        using var volume = new EngineVolume(1L << 30);
        await using var engine = await DockerEngine.StartAsync(volume["a"]);
        var error = Assert.Throws<InvalidOperationException>(() => engine.Docker("save", "not-there"));
        Assert.Contains("No such image: not-there", error.Message, StringComparison.Ordinal);
        Assert.Contains("API listen on", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, engine.Run("save", "not-there").ExitCode);
    }

    // A process may be gone by now.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
