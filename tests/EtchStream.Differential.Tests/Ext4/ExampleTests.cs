using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>The example that the README starts with, by the program itself, judged like everything else.</summary>
public sealed class ExampleTests
{
    private const long DataOffset = 17 << 20;
    private const long DataLength = 24 << 20;

    [ToolFact("e2fsck", "dumpe2fs", "tar", "gzip", RequiresRoot = true)]
    public void The_example_is_flashed_as_the_kernel_would_have_written_it()
    {
        using var folder = new TemporaryFolder();
        var image = Repository.File("fixtures/example/disk.img.gz");
        var payload = Repository.File("fixtures/example/payload.tar.gz");
        OurCommandLine.Run("pack", "--image", image, "--inject", $"data:/srv={payload}", "-o", folder["example.tar"]).Succeeded();
        OurCommandLine.Run("unpack", folder["example.tar"], folder["actual.img"]).Succeeded();

        HostTool.RunOk("cp", image, folder["before.img.gz"]);
        HostTool.RunOk("gzip", "-d", folder["before.img.gz"]);
        HostTool.RunOk("cp", "--sparse=always", folder["before.img"], folder["kernel.img"]);
        var before = new Ext4Image(folder["before.img"], DataOffset, DataLength);
        var kernel = before.In(folder["kernel.img"]);
        using (var mount = LoopMount.Open(kernel, readOnly: false)) GnuTar.Unpack(payload, Path.Combine(mount.Path, "srv"));
        Nothing.Wrong("example", FileSystemJudge.Judge(before, kernel, before.In(folder["actual.img"]), isHostileTree: false));
    }
}
