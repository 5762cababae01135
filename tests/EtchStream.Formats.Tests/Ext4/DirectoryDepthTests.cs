using System.Buffers.Binary;
using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Hash trees of every depth. Blocks of 1 KiB hold three of the names used here, so that a few thousand make a deep tree; e2fsck checks every hash and order.</summary>
public class DirectoryDepthTests
{
    private const string LargeDirectories = "-t ext4 -b 1024 -J size=1 -N 1024 -O large_dir";

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4 -b 1024 -J size=1 -N 1024", 300, 0)]
    [InlineData("-t ext4 -b 1024 -J size=1 -N 1024", 369, 0)]
    [InlineData("-t ext4 -b 1024 -J size=1 -N 1024", 370, 1)]
    [InlineData("-t ext4 -b 1024 -J size=1 -N 1024 -O ^metadata_csum", 20000, 1)]
    [InlineData(LargeDirectories, 46494, 1)]
    [InlineData(LargeDirectories, 46495, 2)]
    public void A_directory_grows_level_by_level(string options, int names, int levels)
    {
        var image = TestImages.Make(options, names > 1000 ? "40M" : "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateFile("one"u8, Commits.Plain, 0);
        for (var i = 0; i < names; i++) writer.CreateHardLink(Name(i, "d/"), "one"u8);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        Assert.Equal(levels, Root(volume)[30]);
        Assert.Equal(
            Enumerable.Range(0, names).Select(i => Encoding.ASCII.GetString(Name(i, ""))).Order(StringComparer.Ordinal),
            volume.ReadDirectory(volume.Find("d")!).Select(entry => Encoding.ASCII.GetString(entry.Name)).Order(StringComparer.Ordinal));
        Assert.Equal(names + 1, volume.Find("one")!.LinkCount);
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs")]
    public void More_names_than_two_levels_hold_need_large_dir()
    {
        var disk = new MemoryDisk(TestImages.Make("-t ext4 -b 1024 -J size=1 -N 1024", "40M"));
        var writer = Ext4Writer.Open(disk);
        writer.CreateFile("one"u8, Commits.Plain, 0);
        for (var i = 0; i < 46_600; i++) writer.CreateHardLink(Name(i, "d/"), "one"u8);
        Assert.Contains("large_dir", Assert.Throws<OutOfSpaceException>(writer.Finish).Message, StringComparison.Ordinal);
    }

    /// <summary>Where names of one hash lie on both sides of a leaf's edge, the index says so by the lowest bit; without it the kernel would not look into the second leaf.</summary>
    [ToolFact("mke2fs", "e2fsck")]
    public void Names_of_one_hash_are_found_on_both_sides_of_an_edge()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1", "8M");
        var disk = new MemoryDisk(image);
        var hash = new DirectoryHash(Ext4Volume.Open(disk).Superblock);
        var twins = Enumerable.Range(0, 300_000).GroupBy(i => hash.Compute(Name(i, ""))).Where(group => group.Count() > 1).SelectMany(group => group).ToList();
        Assert.True(twins.Count >= 12, $"{twins.Count} names share their hash");
        var writer = Ext4Writer.Open(disk);
        foreach (var i in twins) writer.CreateFile(Name(i, "d/"), Commits.Plain, 0);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        var root = Root(volume);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(root.AsSpan(34));
        var continued = Enumerable.Range(1, count - 1).Count(i => (root[32 + 8 * i] & 1) != 0);

        // Pairs in leaves of three: every third pair is cut in two.
        Assert.True(continued >= twins.Count / 2 / 3, $"{continued} of {count} leaves begin inside a hash");
        foreach (var i in twins) Assert.NotNull(volume.Find(Name(i, "d/")));
        Assert.Empty(TestImages.Complaints(image));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void Names_in_a_deep_directory_can_be_replaced()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -N 1024", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        for (var i = 0; i < 900; i++) writer.CreateHardLink(Name(i, "d/"), First(writer, i));
        writer.Finish();
        writer = Ext4Writer.Open(disk);
        writer.CreateFile(Name(1, "d/"), Commits.Plain, 10);
        writer.CreateFile(Name(2, "d/"), Commits.Plain, 0);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        Assert.Equal(900, volume.ReadDirectory(volume.Find("d")!).Count);
        Assert.Equal(899, volume.Find("one")!.LinkCount);
        Assert.Empty(TestImages.Complaints(image));
    }

    private static ReadOnlySpan<byte> First(Ext4Writer writer, int i)
    {
        if (i == 0) writer.CreateFile("one"u8, Commits.Plain, 0);
        return "one"u8;
    }

    private static byte[] Name(int i, string folder) => Encoding.ASCII.GetBytes($"{folder}{i:d6}{new string('n', 246)}");

    private static byte[] Root(Ext4Volume volume)
    {
        var block = new byte[1024];
        volume.ReadBlocks(volume.ReadMap(volume.Find("d")!).Find(0)!.Value.Physical, block);
        return block;
    }
}
