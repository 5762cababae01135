using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>An engine's base folders: made where they are missing, left alone where they are.</summary>
public sealed class UnpackSharedFolderTests : EngineUnpackTest
{
    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("data", "data")]
    [InlineData("1", "data")]
    [InlineData("data", "1")]
    public async Task They_are_made_where_missing_and_left_as_they_are_where_not(string engine, string members)
    {
        var image = Image((writer, _) =>
        {
            writer.CreateDirectory("docker"u8, Attributes("701", 5));
            writer.CreateDirectory("docker/image"u8, Attributes("702", 6));
            writer.CreateDirectory("docker/plain"u8, Attributes("703", 7));
        });
        var volume = await UnpackAsync(
            image,
            Engine(engine, "docker", "docker/overlay2", "docker/image"),
            b => b.Entry(Folder($"inject/{members}/docker/", "710")).Entry(Folder($"inject/{members}/docker/overlay2", "710"))
                .Entry(Folder($"./inject/{members}//docker/image", "700")).Entry(Folder($"inject/{members}/docker/plain", "755"))
                .Entry(Folder($"inject/{members}/docker/overlay2", "777")).File($"inject/{members}/docker/image/x", [1, 2]),
            new TrailerPartition { Partition = members, Entries = 6, Bytes = 2 });

        Assert.Equal(("701", 5u, 1000L), Of(volume, "docker"));
        Assert.Equal(("710", 0u, 2000L), Of(volume, "docker/overlay2"));
        Assert.Equal(("702", 6u, 1000L), Of(volume, "docker/image"));
        Assert.Equal(("755", 0u, 2000L), Of(volume, "docker/plain"));
        Assert.Equal([1, 2], Content(volume, "docker/image/x"));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task The_root_of_the_partition_can_be_one()
    {
        var before = Image((writer, _) => writer.CreateDirectory(""u8, Attributes("711", 9)));
        var engine = new ManifestEngine { Partition = "1", Root = "", Driver = "overlay2", SharedFolders = [""] };
        Assert.Equal(("711", 9u, 1000L), Of(await UnpackAsync(before, engine, b => b.Entry(Folder("inject/1/", "755")), new TrailerPartition { Partition = "1", Entries = 1, Bytes = 0 }), ""));
    }

    [ToolFact("mke2fs")]
    public async Task A_link_or_file_in_the_place_of_one_is_refused()
    {
        var image = Image((writer, disk) =>
        {
            writer.CreateSymbolicLink("docker"u8, "lost+found"u8, Attributes("777"));
            Put(writer, disk, "file", [1], Attributes("644"));
        });
        var error = await FailsAsync<UnsafePathException>(image, Engine("1", "docker"), b => b.Entry(Folder("inject/1/docker", "710")));
        Assert.Equal("test.tar: partition 1 (data), path docker: it is a symbolic link where a folder is needed", error.Message);
        error = await FailsAsync<UnsafePathException>(image, Engine("1", "file"), b => b.Entry(Folder("inject/1/file", "710")));
        Assert.Contains("path file: it is not a folder", error.Message, StringComparison.Ordinal);
        error = await FailsAsync<UnsafePathException>(image, Engine("1", "docker/overlay2"), b => b.Entry(Folder("inject/1/docker/overlay2", "710")));
        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task An_engine_needs_its_partition() =>
        await FailsAsync<PartitionNotFoundException>(Image(), Engine("nowhere", "docker"), b => b.Entry(Folder("inject/1/docker", "710")));

    private static (string Mode, uint Owner, long Time) Of(Ext4Volume volume, string path)
    {
        var inode = volume.Find(path)!;
        return (Convert.ToString(inode.Mode, 8), inode.UserId, inode.ModificationTime.Seconds);
    }
}
