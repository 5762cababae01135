using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Fragmented and full file systems.</summary>
public partial class SpaceTests
{
    private const string Ext4 = "-t ext4 -b 1024 -J size=1 -m 0 -N 20000";
    private const string Ext2 = "-t ext2 -b 1024 -m 0 -N 20000";

    /// <summary>Every other block is in use, so that each extent holds one block: 84 extents a block of the tree, so that 8000 of them need three levels.</summary>
    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs")]
    [InlineData(Ext4, 4, 0)]
    [InlineData(Ext4, 100, 1)]
    [InlineData(Ext4, 8000, 2)]
    [InlineData(Ext2, 12, 0)]
    [InlineData(Ext2, 12 + 256, 1)]
    [InlineData(Ext2, 12 + 256 + 1, 3)]
    [InlineData(Ext2, 8000, 33)]
    public void A_fragmented_file_reads_back(string options, int blocks, int depthOrMapBlocks)
    {
        var image = Fragmented(options, "40M");
        var disk = new MemoryDisk(image);
        var content = Commits.Content(blocks, blocks * 1024 - 5);
        var writer = Ext4Writer.Open(disk);
        writer.File(disk, "fragmented", content);
        writer.Finish();
        Assert.Equal(content, Commits.Read(image, "fragmented"));
        var volume = Ext4Volume.Open(disk);
        var inode = volume.Find("fragmented")!;
        var map = volume.ReadMap(inode);
        Assert.True(map.Runs.Count >= blocks * 9 / 10, $"{map.Runs.Count} runs");
        Assert.Equal(depthOrMapBlocks, inode.UsesExtents ? inode.Block[6] : map.MetadataBlocks.Count);
        Assert.Empty(TestImages.Complaints(image));

        // And all of it is given back, also what was made in the same run.
        writer = Ext4Writer.Open(disk);
        var free = writer.FreeBytes;
        writer.CreateFile("fragmented"u8, Commits.Plain, 0);
        Assert.Equal(free + (map.Runs.Sum(run => run.Count) + map.MetadataBlocks.Count) * 1024, writer.FreeBytes);
        free = writer.FreeBytes;
        writer.File(disk, "again", content);
        writer.CreateFile("again"u8, Commits.Plain, 0);
        Assert.Equal(free, writer.FreeBytes);
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal(free / 1024, Count(image, "Free blocks"));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_sparse_file_reaches_into_triple_indirect_blocks()
    {
        var image = TestImages.Make(Ext2, "40M");
        var disk = new MemoryDisk(image);
        long[] blocks = [0, 11, 12, 267, 268, 523, 524, 65803, 65804, 65805, 131340, 16_000_000];
        var writer = Ext4Writer.Open(disk);
        var size = 16_000_001L * 1024;
        foreach (var run in writer.CreateFile("sparse"u8, Commits.Plain, size, [.. blocks.Select(block => new DataRun(block * 1024 + 100, 200))]))
        {
            disk.Write(run.VolumeOffset, Enumerable.Range(0, (int)(run.Length / 1024)).SelectMany(i => Commits.Content((int)(run.FileOffset / 1024) + i, 1024)).ToArray());
        }

        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        var inode = volume.Find("sparse")!;
        Assert.Equal(size, inode.Size);
        Assert.Equal(blocks, volume.ReadMap(inode).Runs.SelectMany(run => Enumerable.Range(0, (int)run.Count).Select(i => run.Logical + i)));
        var read = new byte[1024];
        foreach (var block in blocks)
        {
            volume.ReadFile(inode, block * 1024, read);
            Assert.Equal(Commits.Content((int)block, 1024), read);
            if (blocks.Contains(block + 1) || block == blocks[^1]) continue;
            volume.ReadFile(inode, (block + 1) * 1024, read);
            Assert.Equal(new byte[1024], read);
        }

        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs")]
    [InlineData(Ext4)]
    [InlineData(Ext2)]
    public void The_last_block_can_be_used_and_one_more_is_refused_with_numbers(string options)
    {
        var image = TestImages.Make(options, "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);

        // What indirect blocks take of the rest is found by trying, each try of which must leave no trace.
        var size = writer.FreeBytes;
        for (var tries = 0; ; tries++)
        {
            var free = writer.FreeBytes;
            try
            {
                writer.CreateFile("all"u8, Commits.Plain, size);
                break;
            }
            catch (OutOfSpaceException)
            {
                Assert.Equal(free, writer.FreeBytes);
                Assert.True(tries < 100);
                size -= 1024;
            }
        }

        Assert.Equal(0, writer.FreeBytes);
        var full = Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("more"u8, Commits.Plain, 1));
        Assert.Equal((1024, 0), (full.Needed, full.Available));
        Assert.Contains("1024", full.Message, StringComparison.Ordinal);
        Assert.Throws<OutOfSpaceException>(() => writer.CreateSymbolicLink("more"u8, Encoding.ASCII.GetBytes(new string('x', 60)), Commits.Plain));
        var large = new UnixAttributes { Mode = 0x1A4, Xattrs = [new Xattr("user.large"u8.ToArray(), new byte[500])] };
        var inodes = writer.FreeInodes;
        Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("more"u8, large, 0));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateSymbolicLink("more"u8, "x"u8, large));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateNode("more"u8, FileKind.Fifo, 0, 0, large));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateDirectory("more"u8, large));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateDirectory("lost+found"u8, large));
        Assert.Equal(inodes, writer.FreeInodes);
        writer.CreateFile("empty"u8, Commits.Plain, 0);
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal(0, Count(image, "Free blocks"));
        Assert.Equal(inodes - 1, Count(image, "Free inodes"));
        Assert.Null(Ext4Volume.Open(disk).Find("more"));
    }

    [ToolFact("mke2fs", "e2fsck", "dumpe2fs")]
    public void The_last_inode_can_be_used_and_one_more_is_refused()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -N 512", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        for (var i = 0; writer.FreeInodes > 0; i++) writer.CreateFile(Encoding.ASCII.GetBytes($"{i % 7}/{i}"), Commits.Plain, 0);
        var free = writer.FreeBytes;
        var full = Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("more"u8, Commits.Plain, 100_000));
        Assert.Equal((1, 0), (full.Needed, full.Available));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateDirectory("more"u8, Commits.Plain));
        Assert.Throws<OutOfSpaceException>(() => writer.CreateSymbolicLink("more"u8, "x"u8, Commits.Plain));
        Assert.Equal(free, writer.FreeBytes);
        writer.CreateHardLink("link"u8, "1/1"u8);
        writer.Finish();
        Assert.Empty(TestImages.Complaints(image));
        Assert.Equal(0, Count(image, "Free inodes"));
    }

    /// <summary>Files of one block each fill it; every other one is then replaced by an empty one.</summary>
    private static byte[] Fragmented(string options, string size)
    {
        var image = TestImages.Make(options, size);
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        var count = 18_000;
        for (var i = 0; i < count; i++) writer.CreateFile(Name(i), Commits.Plain, 1024);
        writer.CreateFile("rest"u8, Commits.Plain, writer.FreeBytes - (4 << 20));
        writer.Finish();
        writer = Ext4Writer.Open(disk);
        for (var i = 0; i < count; i += 2) writer.CreateFile(Name(i), Commits.Plain, 0);
        writer.Finish();

        // What is still in one piece goes as well: the allocator takes the longest first. Fewer than the 9000 single blocks are left.
        writer = Ext4Writer.Open(disk);
        writer.CreateFile("rest of the rest"u8, Commits.Plain, writer.FreeBytes - (8800 << 10));
        writer.Finish();
        return image;
    }

    private static byte[] Name(int i) => Encoding.ASCII.GetBytes($"{i / 500}/{i}");

    private static long Count(byte[] image, string what)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], image);
        var lines = HostTool.RunOk("dumpe2fs", "-h", folder["image"]).Output.Split('\n');
        return long.Parse(Number().Match(lines.Single(line => line.StartsWith(what + ":", StringComparison.Ordinal))).Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\d+$", RegexOptions.None, 10_000)]
    private static partial Regex Number();
}
