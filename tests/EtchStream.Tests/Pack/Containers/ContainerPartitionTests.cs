using EtchStream.Formats;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Where the engine's store goes.</summary>
public sealed class ContainerPartitionTests : ContainerPackTest
{
    [ToolTheory("mke2fs")]
    [InlineData("1", "/docker", "inject/1/docker/image/overlay2/repositories.json")]
    [InlineData("resin-data", "/var/lib/docker", "inject/resin-data/var/lib/docker/image/overlay2/repositories.json")]
    [InlineData("resin-data", "//a/./b/", "inject/resin-data/a/b/image/overlay2/repositories.json")]
    [InlineData("resin-data", "/", "inject/resin-data/image/overlay2/repositories.json")]
    public async Task The_store_goes_where_it_is_asked_for(string partition, string root, string expected)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var options = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = Registry(), DataPartition = partition, EngineRoot = root };
        var archive = await PackAsync(options);
        Assert.Contains(expected, (await MembersAsync(archive)).Keys);
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public async Task A_fat_is_no_place_for_it()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var spec = DiskImages.OnePartition(Folder["disk.img"], 16 << 20);
        HostTool.RunOk("mkfs.vfat", "-n", "RESIN-DATA", "--offset", $"{spec.Start / 512}", Folder["disk.img"], $"{spec.Length / 1024}");
        foreach (var name in new[] { "1", "RESIN-DATA" })
        {
            var options = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = Registry(), DataPartition = name };
            Assert.Contains($"partition {name}", (await FailsAsync<UnsupportedFormatException>(() => options)).Message, StringComparison.Ordinal);
        }

        Assert.Empty(Server.Requests);
    }

    [ToolFact("mke2fs")]
    public async Task A_partition_that_is_not_there_is_found_before_anything_is_asked_for()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var options = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = Registry(), DataPartition = "data" };
        Assert.Contains("resin-data", (await FailsAsync<PartitionNotFoundException>(() => options)).Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }
}
