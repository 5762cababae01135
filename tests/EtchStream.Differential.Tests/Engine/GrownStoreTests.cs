using EtchStream.Differential.Tests.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Container images that have no room in the data partition make it grow, and an engine runs on what comes of it.</summary>
[Collection(EngineCollection.Name)]
public sealed class GrownStoreTests(EngineFixture fixture)
{
    [ToolTheory("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "sgdisk", "sh", RequiresRoot = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_engine_runs_what_was_piped_onto_a_disk_without_room(bool gpt)
    {
        var pulled = await fixture.PulledAsync();
        var images = pulled.Together.Images.Where(image => image is { IsAccepted: true, IsReplayed: true, PackExitCode: 0 }).ToArray();
        using var folder = new TemporaryFolder();
        var data = BalenaDisk.Make(folder["disk.img"], gpt, 8 << 20);
        var program = EtchStreamProgram.Path;
        var containers = string.Join(' ', images.Select(image => $"--container {image.ByTag}"));
        var result = HostTool.RunOk("sh", "-c", $"$0 pack --image \"$1/disk.img\" {containers} -o - | $0 unpack - \"$1/out.img\"", program, folder.FullPath);
        Assert.Contains("was grown from 8.0 MiB", result.Error, StringComparison.Ordinal);

        using var disk = FileDisk.OpenRead(folder["out.img"]);
        var partition = PartitionTable.Read(disk).Partitions.Single(p => p.Start == data.Offset);
        var grown = new Ext4Image(folder["out.img"], partition.Start, partition.Length);
        Nothing.Wrong("complaints of e2fsck", grown.Check());
        using (var mount = LoopMount.Open(grown, readOnly: false))
        {
            await using var engine = await DockerEngine.StartAsync(Path.Combine(mount.Path, "docker"));
            Assert.Equal(images.Length, engine.Docker("images", "-q").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal(CheckImage.Transcript, PackedEngineTests.Utf8(engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, pulled.Checked.ByTag, .. CheckImage.Command])));
            Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByTag));
        }

        Nothing.Wrong("complaints of e2fsck after the engine", grown.Check());
    }
}
