using System.Text;
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

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4 -b 1024 -J size=1", 10, 20, 30)]
    [InlineData("-t ext4 -b 1024 -J size=1", 10, 300, 200)]
    [InlineData("-t ext4 -b 1024 -J size=1", 300, 10, 200)]
    [InlineData("-t ext2 -b 1024 -I 128", 10, 20, 30)]
    public void Extended_attributes_are_added_or_replaced_and_the_others_stay(string options, int kept, int replaced, int added)
    {
        foreach (var isSymbolic in (bool[])[false, true])
        {
            var image = TestImages.Make(options, "16M");
            var disk = new MemoryDisk(image);
            var queue = new QueueWriter();
            var writer = Ext4Writer.Open(disk, queue);
            var first = With(0x1FF, ("trusted.kept", kept), ("trusted.replaced", 15));
            if (isSymbolic) writer.CreateSymbolicLink("a"u8, "to"u8, first);
            else writer.CreateFile("a"u8, first, 0);
            writer.CreateHardLink("b"u8, "a"u8, With(0x1FF, ("trusted.added", added), ("trusted.replaced", replaced)));
            writer.CreateHardLink("c"u8, "b"u8, With(0x1FF, ("trusted.last", 8)));
            writer.Finish();
            queue.Drain(disk);

            Assert.Empty(TestImages.Complaints(image));
            var volume = Ext4Volume.Open(disk);
            var found = volume.ReadXattrs(volume.Find("a")!).Select(x => (Encoding.ASCII.GetString(x.Name), x.Value)).OrderBy(x => x.Item1, StringComparer.Ordinal);
            (string, byte[])[] expected = [("trusted.added", Commits.Content(added, added)), ("trusted.kept", Commits.Content(kept, kept)), ("trusted.last", Commits.Content(8, 8)), ("trusted.replaced", Commits.Content(replaced, replaced))];
            Assert.Equal(expected, found);
        }
    }

    [ToolTheory("mke2fs")]
    [InlineData("-t ext4 -b 1024 -J size=1", 10)]
    [InlineData("-t ext4 -b 1024 -J size=1", 700)]
    [InlineData("-t ext2 -b 1024 -I 128", 10)]
    public void What_an_object_has_already_is_not_written_again(string options, int xattr)
    {
        byte[] Image(bool withAttributes)
        {
            var image = TestImages.Make(options, "8M");
            var disk = new MemoryDisk(image);
            var queue = new QueueWriter();
            var writer = Ext4Writer.Open(disk, queue);

            // Times that do not fit are told once, not once a name.
            var attributes = new UnixAttributes { Mode = 0xDED, UserId = 70_000, GroupId = 5, ModificationTime = new UnixTime(1L << 40, 5), Xattrs = Attributes(0, 0, 0, xattr).Xattrs };
            writer.CreateFile("a"u8, attributes, 5000);
            writer.CreateSymbolicLink("s"u8, "to"u8, Attributes(0x1FF, 7, 5, 0));
            queue.Drain(disk);
            var free = writer.FreeBytes;
            for (var i = 0; i < 20; i++)
            {
                writer.CreateHardLink(Encoding.ASCII.GetBytes($"h{i}"), "a"u8, withAttributes ? attributes : null);
                writer.CreateHardLink(Encoding.ASCII.GetBytes($"s{i}"), "s"u8, withAttributes ? Attributes(0x180, 7, 9, 0) : null);
            }

            Assert.Equal((0, free), (queue.Count, writer.FreeBytes));
            Assert.StartsWith("1 modification times lie outside", Assert.Single(writer.Warnings), StringComparison.Ordinal);
            writer.Finish();
            queue.Drain(disk);
            return image;
        }

        Assert.True(Image(withAttributes: false).AsSpan().SequenceEqual(Image(withAttributes: true)));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void An_access_list_follows_the_mode_and_another_list_replaces_it()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1", "8M");
        var disk = new MemoryDisk(image);
        var queue = new QueueWriter();
        var writer = Ext4Writer.Open(disk, queue);
        writer.CreateFile("a"u8, WithAcl(0x1B4, "u::rw,u:5:rw,g::r,m::rw,o::r"), 0);
        writer.CreateHardLink("a2"u8, "a"u8, new UnixAttributes { Mode = 0x9A0 });
        writer.CreateFile("b"u8, WithAcl(0x1B4, "u::rw,u:5:rw,g::r,m::rw,o::r"), 0);
        writer.CreateHardLink("b2"u8, "b"u8, WithAcl(0x1F8, "u::rwx,g:6:r,g::r,m::rwx,o::-"));
        writer.CreateFile("c"u8, WithAcl(0x1B4, "u::rw,u:5:rw,g::r,m::rw,o::r"), 0);
        writer.CreateHardLink("c2"u8, "c"u8, new UnixAttributes { Mode = 0xBB4, UserId = 1 });
        writer.Finish();
        queue.Drain(disk);
        Assert.Empty(TestImages.Complaints(image));
        var volume = Ext4Volume.Open(disk);
        (int, string) Of(string path) => (volume.Find(path)!.Mode, Encoding.ASCII.GetString(PosixAcl.ToText(Assert.Single(volume.ReadXattrs(volume.Find(path)!)).Value)).TrimEnd('\n').Replace('\n', ','));
        Assert.Equal((0x9A0, "user::rw-,user:5:rw-,group::r--,mask::r--,other::---"), Of("a"));
        Assert.Equal((0x1F8, "user::rwx,group::r--,group:6:r--,mask::rwx,other::---"), Of("b"));
        Assert.Equal((0xBB4, "user::rw-,user:5:rw-,group::r--,mask::rw-,other::r--"), Of("c"));
    }

    /// <summary>The kernel lets files with the same attributes share a block.</summary>
    [ToolFact("mke2fs", "mount", "setfattr", "e2fsck", RequiresRoot = true)]
    public void A_file_of_the_image_can_get_attributes_beside_one_that_shares_its_block()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], TestImages.Make("-t ext4 -b 1024 -J size=1", "8M"));
        using (var mount = LoopMount.Open(folder["image"], readOnly: false, type: "ext4"))
        {
            foreach (var name in (string[])["a", "b", "c"])
            {
                File.WriteAllText(Path.Combine(mount.Path, name), name);
                HostTool.RunOk("setfattr", "-n", "user.x", "-v", new string('x', 500), Path.Combine(mount.Path, name));
            }
        }

        var image = File.ReadAllBytes(folder["image"]);
        var disk = new MemoryDisk(image);
        Assert.Equal(Ext4Volume.Open(disk).Find("a")!.XattrBlock, Ext4Volume.Open(disk).Find("b")!.XattrBlock);
        var queue = new QueueWriter();
        var writer = Ext4Writer.Open(disk, queue);
        writer.CreateHardLink("a2"u8, "a"u8, With(0x180, ("user.y", 20)));
        writer.CreateHardLink("a3"u8, "a"u8, With(0x180, ("user.z", 300)));
        writer.CreateHardLink("b2"u8, "b"u8, With(0x180));
        writer.Finish();
        queue.Drain(disk);
        Assert.Empty(TestImages.Complaints(image));
        var volume = Ext4Volume.Open(disk);
        Assert.Equal([20, 300, 500], volume.ReadXattrs(volume.Find("a")!).Select(x => x.Value.Length).Order());
        Assert.Equal(500, Assert.Single(volume.ReadXattrs(volume.Find("b")!)).Value.Length);
        Assert.Equal((0x180, 2), (volume.Find("b")!.Mode, volume.Find("b")!.LinkCount));
        Assert.Equal(volume.Find("c")!.XattrBlock, volume.Find("b")!.XattrBlock);
        Assert.Equal("a"u8.ToArray(), Commits.Read(image, "a3"));
    }

    [ToolFact("mke2fs", "debugfs", "e2fsck")]
    public void Content_among_the_attributes_is_not_lost()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -I 512 -O inline_data", "8M");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["content"], new string('c', 150));
        image = TestImages.Debugfs(image, $"write {folder["content"]} a", "ea_set a user.x 12345");
        var disk = new MemoryDisk(image);
        Assert.True(Ext4Volume.Open(disk).Find("a") is { HasInlineData: true, Size: 150 });
        var writer = Ext4Writer.Open(disk);
        writer.CreateHardLink("b"u8, "a"u8, new UnixAttributes { Mode = 0x180, UserId = 3, Xattrs = [new Xattr("user.x"u8.ToArray(), "12345"u8.ToArray())] });
        Assert.Contains("inline_data", Assert.Throws<UnsupportedFormatException>(() => writer.CreateHardLink("c"u8, "a"u8, With(0x180, ("user.x", 4)))).Message, StringComparison.Ordinal);
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal(new string('c', 150), Encoding.ASCII.GetString(Commits.Read(image, "b")));
        Assert.Equal((0x180, 3u), (Ext4Volume.Open(disk).Find("a")!.Mode, Ext4Volume.Open(disk).Find("a")!.UserId));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void Memory_has_an_end_where_many_files_have_blocks_of_attributes()
    {
        const int Files = 9000;
        var image = TestImages.Make("-t ext4 -b 4096 -J size=4 -N 12000", "96M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        byte[] Name(string kind, int i) => Encoding.ASCII.GetBytes($"{kind}{i}");
        var large = With(0x1A4, ("user.x", 4000));
        for (var i = 0; i < Files; i++) writer.CreateFile(Name("f", i), large, 0);
        writer.CreateHardLink("first"u8, "f0"u8, With(0x1A4, ("user.x", 3000)));
        writer.CreateHardLink("plain"u8, Name("f", Files - 1), new UnixAttributes { Mode = 0x1A4, UserId = 5 });
        Assert.Contains("32 MiB", Assert.Throws<UnsupportedFormatException>(() => writer.CreateHardLink("refused"u8, Name("f", Files - 1), large)).Message, StringComparison.Ordinal);

        // Those that are gone make room.
        for (var i = 0; i < Files - 1; i++) writer.CreateSymbolicLink(Name("f", i), "x"u8, Commits.Plain);
        writer.CreateFile("last"u8, large, 0);
        writer.CreateHardLink("last2"u8, "last"u8, With(0x1A4, ("user.y", 10)));
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        var volume = Ext4Volume.Open(disk);
        Assert.Equal(3000, Assert.Single(volume.ReadXattrs(volume.Find("first")!)).Value.Length);
        Assert.Equal((5u, 4000), (volume.Find("plain")!.UserId, Assert.Single(volume.ReadXattrs(volume.Find("plain")!)).Value.Length));
        Assert.Equal(2, volume.ReadXattrs(volume.Find("last")!).Count);
    }

    private static UnixAttributes With(int mode, params (string Name, int Length)[] xattrs) =>
        new() { Mode = mode, Xattrs = [.. xattrs.Select(x => new Xattr(Encoding.ASCII.GetBytes(x.Name), Commits.Content(x.Length, x.Length)))] };

    private static UnixAttributes WithAcl(int mode, string text) => new() { Mode = mode, Xattrs = [new Xattr(PosixAcl.AccessName.ToArray(), PosixAcl.FromText(Encoding.ASCII.GetBytes(text))!)] };

    private static UnixAttributes Attributes(int mode, uint owner, long time, int xattr) => new()
    {
        Mode = mode,
        UserId = owner,
        GroupId = owner,
        ModificationTime = new UnixTime(time),
        Xattrs = xattr == 0 ? [] : [new Xattr("user.x"u8.ToArray(), Commits.Content(xattr, xattr))],
    };
}
