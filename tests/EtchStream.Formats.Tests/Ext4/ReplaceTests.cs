using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>What may take whose place, and what is refused.</summary>
public class ReplaceTests
{
    private static readonly Lazy<byte[]> Image = new(() =>
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.File(disk, "file", Commits.Content(1, 3000));
        writer.File(disk, "full/file", Commits.Content(2, 10));
        writer.CreateDirectory("empty"u8, Commits.Plain);
        writer.CreateSymbolicLink("symlink"u8, "full"u8, Commits.Plain);
        writer.CreateSymbolicLink("long"u8, Encoding.ASCII.GetBytes(new string('t', 300)), Commits.Plain);
        writer.CreateNode("device"u8, FileKind.BlockDevice, 8, 1, Commits.Plain);
        writer.Finish();
        return image;
    });

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("file")]
    [InlineData("symlink")]
    [InlineData("long")]
    [InlineData("device")]
    [InlineData("empty")]
    public void Anything_but_a_full_folder_can_be_replaced_by_anything_but_a_folder(string path)
    {
        foreach (var kind in (FileKind[])[FileKind.File, FileKind.SymbolicLink, FileKind.Fifo])
        {
            var image = Change(writer =>
            {
                var name = Encoding.ASCII.GetBytes(path);
                if (kind == FileKind.File) writer.CreateFile(name, Commits.Plain, 0);
                else if (kind == FileKind.SymbolicLink) writer.CreateSymbolicLink(name, "to"u8, Commits.Plain);
                else writer.CreateNode(name, kind, 0, 0, Commits.Plain);
            });
            Assert.Equal(kind, Ext4Volume.Open(new MemoryDisk(image)).Find(path)!.Kind);
            Assert.Empty(TestImages.Complaints(image));
        }
    }

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("file")]
    [InlineData("device")]
    public void A_file_or_device_can_be_replaced_by_a_folder(string path)
    {
        var image = Change(writer => writer.CreateDirectory(Encoding.ASCII.GetBytes(path), Commits.Plain));
        Assert.Equal(FileKind.Directory, Ext4Volume.Open(new MemoryDisk(image)).Find(path)!.Kind);
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolTheory("mke2fs")]
    [InlineData("full", "not empty")]
    [InlineData("symlink/x", "through the symbolic link")]
    [InlineData("full/../x", "..")]
    [InlineData("..", "..")]
    [InlineData("file/x", "not a folder")]
    [InlineData("a\0b", "NUL")]
    [InlineData("a\0b/c", "NUL")]
    [InlineData("", "root")]
    [InlineData("/.//", "root")]
    public void A_path_that_leads_where_it_must_not_is_refused(string path, string because)
    {
        Unchanged<UnsafePathException>(writer => writer.CreateFile(Encoding.ASCII.GetBytes(path), Commits.Plain, 5000), because);
        Unchanged<UnsafePathException>(writer => writer.CreateSymbolicLink(Encoding.ASCII.GetBytes(path), "x"u8, Commits.Plain), because);
        Unchanged<UnsafePathException>(writer => writer.CreateNode(Encoding.ASCII.GetBytes(path), FileKind.Fifo, 0, 0, Commits.Plain), because);
        Unchanged<UnsafePathException>(writer => writer.CreateHardLink(Encoding.ASCII.GetBytes(path), "file"u8), because);
    }

    [ToolFact("mke2fs")]
    public void A_folder_never_takes_the_place_of_a_symbolic_link() =>
        Unchanged<UnsafePathException>(writer => writer.CreateDirectory("symlink"u8, Commits.Plain), "symbolic link");

    [ToolFact("mke2fs")]
    public void Names_and_targets_that_cannot_be_are_refused()
    {
        var name = Enumerable.Repeat((byte)'n', 256).ToArray();
        Unchanged<UnsupportedFormatException>(writer => writer.CreateFile(name, Commits.Plain, 0), "255");
        Unchanged<UnsupportedFormatException>(writer => writer.CreateDirectory([.. name, .. "/x"u8], Commits.Plain), "255");
        Unchanged<UnsupportedFormatException>(writer => writer.CreateSymbolicLink("l"u8, new byte[1024].Select(_ => (byte)'x').ToArray(), Commits.Plain), "1024");
        Unchanged<UnsafePathException>(writer => writer.CreateSymbolicLink("l"u8, ""u8, Commits.Plain), "empty");
        Unchanged<UnsafePathException>(writer => writer.CreateSymbolicLink("l"u8, "a\0b"u8, Commits.Plain), "NUL");
        Unchanged<UnsupportedFormatException>(writer => writer.CreateNode("d"u8, FileKind.BlockDevice, 4096, 0, Commits.Plain), "4096");
        Unchanged<UnsupportedFormatException>(writer => writer.CreateNode("d"u8, FileKind.BlockDevice, 0, 1048576, Commits.Plain), "1048576");
        Unchanged<UnsupportedFormatException>(writer => writer.CreateFile("f"u8, Commits.Plain, long.MaxValue), "larger");
        Unchanged<OutOfSpaceException>(writer => writer.CreateFile("f"u8, Commits.Plain, 1L << 40), "full");
    }

    [ToolFact("mke2fs")]
    public void Hard_links_need_a_target_that_is_no_folder()
    {
        Unchanged<CorruptFormatException>(writer => writer.CreateHardLink("l"u8, "nothing"u8), "does not exist");
        Unchanged<CorruptFormatException>(writer => writer.CreateHardLink("l"u8, "no/thing"u8), "does not exist");
        Unchanged<UnsafePathException>(writer => writer.CreateHardLink("l"u8, "full"u8), "directory");
        Unchanged<UnsafePathException>(writer => writer.CreateHardLink("l"u8, ""u8), "directory");
        Unchanged<UnsafePathException>(writer => writer.CreateHardLink("l"u8, "symlink/file"u8), "symbolic link");
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_hard_link_over_itself_changes_nothing()
    {
        var image = Change(writer =>
        {
            writer.CreateHardLink("file"u8, "file"u8);
            writer.CreateHardLink("other"u8, "file"u8);
            writer.CreateHardLink("other"u8, "./file"u8);
            writer.CreateHardLink("file"u8, "other"u8);
        });
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        Assert.Equal(2, volume.Find("file")!.LinkCount);
        Assert.Equal(volume.Find("file")!.Number, volume.Find("other")!.Number);
        Assert.Equal(Commits.Content(1, 3000), Commits.Read(image, "other"));
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_device_node_has_only_one_of_its_names_replaced()
    {
        var image = Change(writer =>
        {
            writer.CreateHardLink("second"u8, "device"u8);
            writer.CreateFile("device"u8, Commits.Plain, 0);
        });
        var second = Ext4Volume.Open(new MemoryDisk(image)).Find("second")!;
        Assert.Equal((1, (8u, 1u)), (second.LinkCount, second.Device));
        Assert.Empty(TestImages.Complaints(image));
    }

    private static byte[] Change(Action<Ext4Writer> change)
    {
        var image = (byte[])Image.Value.Clone();
        var writer = Ext4Writer.Open(new MemoryDisk(image));
        change(writer);
        writer.Finish();
        return image;
    }

    /// <summary>A refusal, after which nothing was written; and what is committed all the same leaves the file system as it was.</summary>
    private static void Unchanged<T>(Action<Ext4Writer> change, string because)
        where T : Exception
    {
        var image = (byte[])Image.Value.Clone();
        var writer = Ext4Writer.Open(new MemoryDisk(image));
        var (blocks, inodes) = (writer.FreeBytes, writer.FreeInodes);
        Assert.Contains(because, Assert.Throws<T>(() => change(writer)).Message, StringComparison.Ordinal);
        Assert.True(image.AsSpan().SequenceEqual(Image.Value));
        Assert.Equal((blocks, inodes), (writer.FreeBytes, writer.FreeInodes));
    }
}
