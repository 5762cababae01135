using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class DemoCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("e2fsck")]
    public void The_demo_runs_and_its_disk_is_good()
    {
        var run = CliProcess.Run("demo", _folder["demo"]).Succeeded();
        Assert.Contains($"$ etchstream unpack --verify {_folder["demo/device.tar"]} {_folder["demo/flashed.img"]}", run.Output, StringComparison.Ordinal);
        Assert.Contains("flashed.img: good", run.Output, StringComparison.Ordinal);
        Assert.Contains("Next:", run.Output, StringComparison.Ordinal);
        const long start = 17L << 20;
        Nothing.Wrong("complaints of e2fsck", new Ext4Image(_folder["demo/flashed.img"], start, 24L << 20).Check());

        var again = CliProcess.Run("demo", _folder["demo"]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("there already", again.Error, StringComparison.Ordinal);
    }
}
