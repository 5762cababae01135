using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A further name can bring new attributes for the object, in memory and on disk, with and without blocks for them.</summary>
public class LinkAttributesTests
{
    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4 -b 1024 -J size=1", 0, 10)]
    [InlineData("-t ext4 -b 1024 -J size=1", 10, 700)]
    [InlineData("-t ext4 -b 1024 -J size=1", 700, 800)]
    [InlineData("-t ext4 -b 1024 -J size=1", 700, 10)]
    [InlineData("-t ext4 -b 1024 -J size=1", 700, 0)]
    [InlineData("-t ext2 -b 1024 -I 128", 10, 20)]
    [InlineData("-t ext4 -b 4096 -O ^metadata_csum -J size=4", 300, 3000)]
    public void The_last_name_decides(string options, int before, int after)
    {
        var image = TestImages.Make(options, "16M");
        var disk = new MemoryDisk(image);

        // Queued, as unpack does it: what was made in this run cannot be read back before the end.
        var queue = new QueueWriter();
        var writer = Ext4Writer.Open(disk, queue);
        writer.CreateFile("a"u8, Attributes(0x1A4, 1, 5, before), 0);
        writer.CreateHardLink("b"u8, "a"u8, Attributes(0x9ED, 70_000, 9, after));
        writer.CreateHardLink("c"u8, "a"u8);
        writer.CreateSymbolicLink("s"u8, "a"u8, Attributes(0x1FF, 0, 5, 0));
        writer.CreateHardLink("t"u8, "s"u8, Attributes(0x180, 3, 9, 0));
        foreach (var _ in writer.Commit()) queue.Drain(disk);
        queue.Drain(disk);

        Assert.Empty(TestImages.Complaints(image));
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var file = volume.Find("c")!;
        Assert.Equal((0x9ED, 70_000u, 70_000u, 9L, 3), (file.Mode, file.UserId, file.GroupId, file.ModificationTime.Seconds, file.LinkCount));
        Assert.Equal(after == 0 ? before : after, volume.ReadXattrs(file).Sum(x => x.Value.Length));
        var link = volume.Find("t")!;
        Assert.Equal((0x1FF, 3u, 5L), (link.Mode, link.UserId, link.ModificationTime.Seconds));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_name_that_is_there_already_brings_attributes_too()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateFile("a"u8, Attributes(0x1A4, 1, 5, 0), 0);
        writer.CreateHardLink("b"u8, "a"u8);
        writer.CreateHardLink("b"u8, "a"u8, Attributes(0x180, 2, 6, 5));
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var file = volume.Find("a")!;
        Assert.Equal((0x180, 2u, 6L, 2), (file.Mode, file.UserId, file.ModificationTime.Seconds, file.LinkCount));
        Assert.Equal(5, Assert.Single(volume.ReadXattrs(file)).Value.Length);
    }

    private static UnixAttributes Attributes(int mode, uint owner, long time, int xattr) => new()
    {
        Mode = mode,
        UserId = owner,
        GroupId = owner,
        ModificationTime = new UnixTime(time),
        Xattrs = xattr == 0 ? [] : [new Xattr("user.x"u8.ToArray(), Commits.Content(xattr, xattr))],
    };
}
