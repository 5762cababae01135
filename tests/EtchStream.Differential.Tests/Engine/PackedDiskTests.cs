using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>On each kind of disk an engine runs what our program packed, and takes it away again without a trace.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedDiskTests(EngineFixture fixture)
{
    public static TheoryData<string> Disks => [PackedDisk.BalenaMbr.Name, PackedDisk.BalenaGpt.Name, PackedDisk.RaspberryPi.Name];

    [ToolTheory("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "sgdisk", RequiresRoot = true)]
    [MemberData(nameof(Disks))]
    public async Task Images_are_listed_and_run_and_removed_without_a_trace(string name)
    {
        var pulled = await fixture.PulledAsync();
        var disk = new[] { PackedDisk.BalenaMbr, PackedDisk.BalenaGpt, PackedDisk.RaspberryPi }.Single(disk => disk.Name == name);
        using var packed = PackedStore.Make(disk, ["--container", pulled.Checked.ByDigest, "--container", pulled.Built.ByTag, "--container", Layered(pulled).ByDigest, "--container", Layered(pulled).ByTag]);
        string messages;
        await using (var engine = await DockerEngine.StartAsync(packed.DataRoot))
        {
            string[] expected =
            [
                $"{pulled.Built.Repository} t {pulled.Built.ManifestDigest} {IdOf(pulled, pulled.Built)}",
                $"{pulled.Checked.Repository} <none> {pulled.Checked.ManifestDigest} {IdOf(pulled, pulled.Checked)}",
                $"{Layered(pulled).Repository} t {Layered(pulled).ManifestDigest} {IdOf(pulled, Layered(pulled))}",
            ];
            Assert.Equal(expected.Order(StringComparer.Ordinal), Lines(engine.Docker("images", "--all", "--no-trunc", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}")).Order(StringComparer.Ordinal));
            Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByTag));
            Assert.Equal(CheckImage.Transcript, PackedEngineTests.Utf8(engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, pulled.Checked.ByDigest, .. CheckImage.Command])));
            engine.Docker(["rmi", "-f", .. Lines(engine.Docker("images", "-q", "--no-trunc")).Distinct(StringComparer.Ordinal)]);
            engine.Docker("system", "prune", "-a", "-f");
            Assert.Equal("", engine.Docker("images", "--all", "-q"));
            messages = engine.Messages;
        }

        var usual = await fixture.UsualComplaintsAsync();
        Assert.NotEmpty(usual);
        Nothing.Wrong("what an engine does not say of images that it pulled itself", [.. EngineComplaints.In(messages).Except(usual, StringComparer.Ordinal)]);
        AssertNothingLeft(packed.DataRoot);
        Nothing.Wrong("complaints of e2fsck", [.. packed.Unmount().Check()]);
    }

    private static void AssertNothingLeft(string dataRoot)
    {
        string[] Names(string folder) => [.. Directory.EnumerateFileSystemEntries(Path.Combine(dataRoot, folder)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["l"], Names("overlay2").Where(name => name != "backingFsBlockDev"));
        Assert.Empty(Names("overlay2/l"));
        Assert.Empty(Names("image/overlay2/layerdb/sha256"));
        Assert.Empty(Names("image/overlay2/layerdb/mounts"));
        Assert.Empty(Names("image/overlay2/imagedb/content/sha256"));
        Assert.Empty(Names("image/overlay2/imagedb/metadata/sha256"));
        Assert.Empty(PackedEngineFixture.Repositories(dataRoot));
    }

    private static PushedImage Layered(PulledImages pulled) => pulled.Together.Images.Single(image => image.Name == "thirty layers");

    private static string IdOf(PulledImages pulled, PushedImage image) => PackedEngineTests.IdOf(pulled, image);

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
