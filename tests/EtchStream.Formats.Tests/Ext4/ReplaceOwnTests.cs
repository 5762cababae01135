using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Ext4.Writing;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>What was made in the same run gives way to anything; what the image held does not.</summary>
public class ReplaceOwnTests
{
    private static readonly UnixAttributes Large = new() { Mode = 0x1ED, Xattrs = [new Xattr("user.large"u8.ToArray(), new byte[600])] };

    public static TheoryData<string> Geometries => new(
        "-t ext4 -b 1024 -J size=1",
        "-t ext2 -b 1024 -I 128 -O ^dir_index",
        "-t ext4 -b 1024 -J size=1 -g 512 -O ^flex_bg,inline_data");

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs")]
    [MemberData(nameof(Geometries))]
    public void A_folder_with_all_that_is_in_it_gives_way_to_anything(string options)
    {
        foreach (var kind in (FileKind[])[FileKind.File, FileKind.SymbolicLink, FileKind.Fifo, FileKind.HardLink])
        {
            var image = Image(options);
            var disk = new MemoryDisk(image);
            var queue = new QueueWriter();
            var writer = Ext4Writer.Open(disk, queue);
            var (blocks, inodes) = (writer.FreeBytes, writer.FreeInodes);
            Fill(writer, queue, "own");
            Fill(writer, queue, "own/inner/deeper");
            writer.CreateDirectory("own"u8, Large);
            if (kind == FileKind.File) writer.File(queue, "own", Commits.Content(9, 100_000));
            else if (kind == FileKind.SymbolicLink) writer.CreateSymbolicLink("own"u8, "to"u8, Commits.Plain);
            else if (kind == FileKind.HardLink) writer.CreateHardLink("own"u8, "file"u8);
            else writer.CreateNode("own"u8, kind, 0, 0, Commits.Plain);

            // All is given back at once, and can be used again, while what was written to it still waits in the queue.
            var taken = kind switch { FileKind.File => (Taken(writer, blocks), 1L), FileKind.HardLink => (0, 0), _ => (0, 1) };
            Assert.Equal((blocks - taken.Item1, inodes - taken.Item2), (writer.FreeBytes, writer.FreeInodes));
            writer.File(queue, "behind", Commits.Content(10, 300_000));
            writer.Finish();
            queue.Drain(disk);

            Assert.Equal(kind == FileKind.HardLink ? FileKind.File : kind, Ext4Volume.Open(disk).Find("own")!.Kind);
            if (kind == FileKind.File) Assert.Equal(Commits.Content(9, 100_000), Commits.Read(image, "own"));
            Assert.Equal(Commits.Content(10, 300_000), Commits.Read(image, "behind"));
            Assert.Equal(Commits.Content(1, 3000), Commits.Read(image, "file"));
            Assert.Equal(kind == FileKind.HardLink ? 2 : 1, Ext4Volume.Open(disk).Find("file")!.LinkCount);
            Assert.Empty(TestImages.Complaints(image));
            Assert.Equal((writer.FreeBytes / 1024, writer.FreeInodes), Free(image));
        }
    }

    private static long Taken(Ext4Writer writer, long before)
    {
        // 98 blocks of content; what the map takes is as with a file of that size anywhere.
        var used = before - writer.FreeBytes;
        Assert.InRange(used, 98 * 1024, 100 * 1024);
        return used;
    }

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs")]
    [MemberData(nameof(Geometries))]
    public void A_symbolic_link_gives_way_to_a_folder_and_the_folder_can_be_filled(string options)
    {
        var image = Image(options);
        var disk = new MemoryDisk(image);
        var queue = new QueueWriter();
        var writer = Ext4Writer.Open(disk, queue);
        foreach (var target in new[] { "full", new string('t', 500) })
        {
            writer.CreateSymbolicLink("own"u8, Encoding.ASCII.GetBytes(target), Large);
            writer.CreateDirectory("own"u8, Commits.Plain);
            writer.File(queue, "own/file", Commits.Content(3, 5000));
            writer.CreateDirectory("own"u8, Large);
            Assert.Throws<UnsafePathException>(() => writer.CreateFile("own/file/x"u8, Commits.Plain, 0));
            writer.CreateSymbolicLink("own"u8, "full"u8, Commits.Plain);
            Assert.Throws<UnsafePathException>(() => writer.CreateFile("own/file"u8, Commits.Plain, 0));
        }

        writer.CreateDirectory("own"u8, Large);
        writer.File(queue, "own/file", Commits.Content(4, 5000));
        writer.Finish();
        queue.Drain(disk);
        Assert.Equal(Commits.Content(4, 5000), Commits.Read(image, "own/file"));
        Assert.Single(Ext4Volume.Open(disk).ReadDirectory(Ext4Volume.Open(disk).Find("full")!));
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal((writer.FreeBytes / 1024, writer.FreeInodes), Free(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void What_the_image_holds_stays_protected_whatever_this_run_did_to_it()
    {
        var image = Image("-t ext4 -b 1024 -J size=1");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.File(disk, "empty/own", [1]);
        writer.CreateDirectory("full"u8, Large);
        writer.CreateHardLink("second"u8, "symlink"u8);
        Assert.Contains("not empty", Assert.Throws<UnsafePathException>(() => writer.CreateFile("empty"u8, Commits.Plain, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("not empty", Assert.Throws<UnsafePathException>(() => writer.CreateSymbolicLink("full"u8, "x"u8, Commits.Plain)).Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", Assert.Throws<UnsafePathException>(() => writer.CreateDirectory("symlink"u8, Commits.Plain)).Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", Assert.Throws<UnsafePathException>(() => writer.CreateDirectory("second"u8, Commits.Plain)).Message, StringComparison.Ordinal);

        // The name, once something else had it, is this run's.
        writer.CreateFile("symlink"u8, Commits.Plain, 0);
        writer.CreateSymbolicLink("symlink"u8, "full"u8, Commits.Plain);
        writer.CreateDirectory("symlink"u8, Commits.Plain);
        writer.Finish();
        Assert.Equal((FileKind.Directory, FileKind.SymbolicLink), (Ext4Volume.Open(disk).Find("symlink")!.Kind, Ext4Volume.Open(disk).Find("second")!.Kind));
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_file_of_the_image_lives_on_with_the_names_that_are_left()
    {
        var image = Image("-t ext4 -b 1024 -J size=1");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        var free = writer.FreeBytes;
        writer.CreateHardLink("own/a"u8, "file"u8);
        writer.CreateHardLink("own/b/c"u8, "own/a"u8);
        writer.CreateFile("own"u8, Commits.Plain, 0);
        Assert.Equal(free, writer.FreeBytes);
        writer.CreateHardLink("other/a"u8, "file"u8);
        writer.CreateFile("file"u8, Commits.Plain, 0);
        Assert.Equal(free, writer.FreeBytes);

        // The last name was in the folder: the file goes with it.
        writer.CreateFile("other"u8, Commits.Plain, 0);
        Assert.Equal(free + 3072, writer.FreeBytes);
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_hard_link_to_what_lies_in_the_folder_that_it_replaces_is_refused()
    {
        var image = Image("-t ext4 -b 1024 -J size=1");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.File(disk, "own/a/b/file", Commits.Content(5, 2000));
        foreach (var path in new[] { "own", "own/a", "./own//a/b/" })
        {
            Assert.Contains("lies in the folder", Assert.Throws<UnsafePathException>(() => writer.CreateHardLink(Encoding.ASCII.GetBytes(path), "own/./a/b/file"u8)).Message, StringComparison.Ordinal);
        }

        writer.CreateHardLink("own/a/b"u8, "file"u8);
        writer.Finish();
        Assert.Equal(Commits.Content(1, 3000), Commits.Read(image, "own/a/b"));
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs", "e2fsck", "dumpe2fs")]
    public void The_depth_of_a_folder_is_no_matter()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -N 60000", "32M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        var (blocks, inodes) = (writer.FreeBytes, writer.FreeInodes);
        writer.CreateFile(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("d/", 50_000)) + "file"), Commits.Plain, 0);
        Assert.Equal(inodes - 50_001, writer.FreeInodes);
        writer.CreateFile("d"u8, Commits.Plain, 0);
        Assert.Equal((blocks, inodes - 1), (writer.FreeBytes, writer.FreeInodes));
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal((writer.FreeBytes / 1024, writer.FreeInodes), Free(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void The_inodes_of_removed_folders_are_used_again_for_anything()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -N 64", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        for (var i = 0; i < 300; i++)
        {
            writer.CreateDirectory("d"u8, Commits.Plain);
            for (var k = 0; k < 20; k++)
            {
                if ((i + k) % 2 == 0) writer.CreateDirectory(Encoding.ASCII.GetBytes($"d/{k}/x"), Commits.Plain);
                else writer.File(disk, $"d/{k}", Commits.Content(i, 1500));
            }

            if (i < 299) writer.CreateSymbolicLink("d"u8, "x"u8, Commits.Plain);
        }

        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal(Commits.Content(299, 1500), Commits.Read(image, "d/0"));
        Assert.Equal(FileKind.Directory, Ext4Volume.Open(disk).Find("d/1/x")!.Kind);
    }

    [Fact]
    public void A_name_that_comes_and_goes_takes_no_room()
    {
        var node = new DirectoryNode(1000, 2, isNew: true);
        for (var i = 0; i < 20; i++) node.Add(Encoding.ASCII.GetBytes($"stays-{i}"), 5, 1);
        for (var i = 0u; i < 1_000_000; i++)
        {
            node.Add("replaced"u8, 2000 + i, 1);
            if (i % 100_000 == 0)
            {
                for (var k = 0; k < 20; k++) Assert.Equal(Encoding.ASCII.GetBytes($"stays-{k}"), node.NameAt(node.Find(Encoding.ASCII.GetBytes($"stays-{k}"))).ToArray());
            }

            Assert.Equal(2000 + i, node.At(node.Find("replaced"u8)).Inode);
            node.RemoveAt(node.Find("replaced"u8));
            Assert.Equal(-1, node.Find("replaced"u8));
        }

        Assert.InRange(node.Capacity, 20, 100);
        Assert.Equal(20, node.Count);
    }

    /// <summary>Files with one and with many blocks, holes, links of both kinds, attributes in blocks, empty and full folders.</summary>
    private static void Fill(Ext4Writer writer, IBlockWriter disk, string folder)
    {
        byte[] In(string name) => Encoding.ASCII.GetBytes($"{folder}/{name}");
        writer.CreateDirectory(In(""), Large);
        writer.File(disk, $"{folder}/small", Commits.Content(2, 10));
        writer.File(disk, $"{folder}/large", Commits.Content(3, 400_000));
        DataRun[] runs = [.. Enumerable.Range(0, 100).Select(i => new DataRun(i * 3000, 500))];
        foreach (var run in writer.CreateFile(In("sparse"), Large, 300_000, runs)) disk.Write(run.VolumeOffset, new byte[run.Length]);
        writer.CreateSymbolicLink(In("short"), "x"u8, Large);
        writer.CreateSymbolicLink(In("long"), Encoding.ASCII.GetBytes(new string('l', 200)), Commits.Plain);
        writer.CreateHardLink(In("second"), In("large"));
        writer.CreateHardLink(In("images"), "file"u8);
        writer.CreateNode(In("node"), FileKind.BlockDevice, 8, 1, Large);
        for (var i = 0; i < 40; i++) writer.CreateDirectory(In($"folders/{i}/inner"), Commits.Plain);
        writer.CreateFile(In("folders/3"), Commits.Plain, 2000);
    }

    private static byte[] Image(string options)
    {
        var image = TestImages.Make(options, "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.File(disk, "file", Commits.Content(1, 3000));
        writer.File(disk, "full/file", Commits.Content(2, 10));
        writer.CreateDirectory("empty"u8, Commits.Plain);
        writer.CreateSymbolicLink("symlink"u8, "full"u8, Commits.Plain);
        writer.Finish();
        return image;
    }

    private static (long Blocks, long Inodes) Free(byte[] image)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], image);
        var summary = Ext4Summary.Parse(HostTool.RunOk("dumpe2fs", folder["image"]).Output);
        Assert.Empty(summary.Complaints());
        return (summary.FreeBlocks, summary.FreeInodes);
    }
}
