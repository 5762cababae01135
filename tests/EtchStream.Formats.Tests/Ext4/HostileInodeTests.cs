using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Single structures made hostile by hand, each of which random damage rarely finds.</summary>
public class HostileInodeTests
{
    private const string NoChecksums = "-t ext4 -b 1024 -J size=1 -O ^metadata_csum,^uninit_bg,64bit";

    [ToolFact("mke2fs")]
    public void An_attribute_value_whose_inode_keeps_it_among_its_own_attributes_ends_in_an_error()
    {
        var image = TestImages.Make(NoChecksums + ",ea_inode,inline_data", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateFile("f"u8, new UnixAttributes { Mode = 0x1A4, Xattrs = [new Xattr("user.a"u8.ToArray(), new byte[4])] }, 0);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        var inode = volume.Find("f")!;
        var at = (int)volume.InodeOffset(inode.Number);

        // The value lies in the very inode that has the attribute, which in turn says that its content is inline.
        Put(image, at + 0x20, 0x10000000 | 0x200000);
        Put(image, at + 128 + 32 + 4 + 4, inode.Number);
        Put(image, at + 0x4, 4);
        Assert.Throws<CorruptFormatException>(() => volume.ReadXattrs(volume.Find("f")!));
        Assert.Throws<CorruptFormatException>(() => volume.OpenFile(volume.Find("f")!));
    }

    /// <summary>Four extents of 32768 blocks in a file system of 8192 would be 128 MiB, with a full tree terabytes, of the same directory blocks over and over.</summary>
    [ToolFact("mke2fs")]
    public void A_file_that_names_its_blocks_again_and_again_is_corrupt()
    {
        var image = TestImages.Make(NoChecksums, "8M");
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var at = (int)volume.InodeOffset(2) + 0x28;
        image[at + 2] = 4;
        for (var i = 0; i < 4; i++)
        {
            Put(image, at + 12 + 12 * i, (uint)i * 4000);
            Put(image, at + 16 + 12 * i, 4000);
            Put(image, at + 20 + 12 * i, 100);
        }

        Put(image, at - 0x28 + 0x6C, 0x1000);
        Assert.Contains("claims", Assert.Throws<CorruptFormatException>(() => volume.ReadDirectory(volume.Root)).Message, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs")]
    [InlineData(0u)]
    [InlineData(10u)]
    [InlineData(uint.MaxValue)]
    public void A_first_inode_that_cannot_be_is_corrupt(uint first)
    {
        var image = TestImages.Patch(TestImages.Make(NoChecksums, "8M"), 0x54, _ => first);
        Assert.Contains("first inode", Assert.Throws<CorruptFormatException>(() => Ext4Volume.Open(new MemoryDisk(image))).Message, StringComparison.Ordinal);
    }

    /// <summary>The high halves of the counters of a descriptor: free blocks, free inodes, directories.</summary>
    [ToolTheory("mke2fs")]
    [InlineData(0x2C)]
    [InlineData(0x2E)]
    [InlineData(0x30)]
    public void A_counter_beyond_31_bits_is_corrupt(int field)
    {
        var image = TestImages.Make(NoChecksums, "8M");
        image[2048 + field + 1] = 0xFF;
        Assert.Throws<CorruptFormatException>(() => Ext4Volume.Open(new MemoryDisk(image)));
    }

    [ToolFact("mke2fs")]
    public void A_directory_with_fewer_links_than_subdirectories_is_corrupt()
    {
        var image = TestImages.Make(NoChecksums, "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateDirectory("d/e"u8, Commits.Plain);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        image[volume.InodeOffset(volume.Find("d")!.Number) + 0x1A] = 0;
        writer = Ext4Writer.Open(disk);
        writer.CreateFile("d/e"u8, Commits.Plain, 0);
        Assert.Contains("link count", Assert.Throws<CorruptFormatException>(writer.Finish).Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public void A_directory_that_owns_fewer_blocks_than_it_gives_back_is_corrupt()
    {
        var image = TestImages.Make(NoChecksums, "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateDirectory("d"u8, new UnixAttributes { Mode = 0x1ED, Xattrs = [new Xattr("user.a"u8.ToArray(), new byte[500])] });
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        Put(image, (int)volume.InodeOffset(volume.Find("d")!.Number) + 0x1C, 0);
        writer = Ext4Writer.Open(disk);

        // The attribute goes, and with it the block that was never counted.
        image[(int)volume.Find("d")!.XattrBlock * 1024 + 32 + 8] = 0;
        image[(int)volume.Find("d")!.XattrBlock * 1024 + 32 + 9] = 0;
        Assert.Contains("blocks", Assert.Throws<CorruptFormatException>(() => writer.CreateDirectory("d"u8, Commits.Plain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nanoseconds_that_no_clock_has_count_as_the_last_one() =>
        Assert.Equal(new UnixTime(5, 999_999_999), Ext4Time.Decode(5, uint.MaxValue & ~3u));

    /// <summary>The inline entries of a folder lie among its attributes: new attributes must not cost them.</summary>
    [ToolTheory("mke2fs", "debugfs", "e2fsck")]
    [InlineData(false)]
    [InlineData(true)]
    public void Attributes_for_an_inline_folder_keep_its_entries(bool large)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tiny"], "tiny");
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1 -O inline_data", "8M");
        image = TestImages.Debugfs(image, ["mkdir inline", .. Enumerable.Range(0, 4).Select(i => $"write {folder["tiny"]} inline/n{i}")]);
        Assert.True(Ext4Volume.Open(new MemoryDisk(image)).Find("inline")!.HasInlineData);
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        var attributes = new UnixAttributes { Mode = 0x1C0, Xattrs = [new Xattr("user.a"u8.ToArray(), new byte[large ? 500 : 5])] };
        writer.CreateDirectory(""u8, attributes);
        writer.CreateDirectory("inline"u8, attributes);
        writer.CreateDirectory("inline"u8, attributes);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        var inode = volume.Find("inline")!;
        Assert.Equal(0x1C0, inode.Mode);
        Assert.Equal(4, volume.ReadDirectory(inode).Count);
        Assert.Equal(large ? 500 : 5, Assert.Single(volume.ReadXattrs(inode)).Value.Length);
        Assert.Equal(2, volume.ReadDirectory(volume.Root).Count);
        Assert.Empty(TestImages.Complaints(image));
    }

    /// <summary>Only the kernel makes folders whose entries reach beyond the inode's 60 bytes into an attribute.</summary>
    [ToolFact("mke2fs", "mount", "e2fsck", RequiresRoot = true)]
    public void Attributes_for_an_inline_folder_keep_the_entries_that_lie_in_an_attribute()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], TestImages.Make("-t ext4 -b 1024 -J size=1 -I 512 -O inline_data", "8M"));
        using (var mount = LoopMount.Open(folder["image"], readOnly: false, type: "ext4"))
        {
            Directory.CreateDirectory(Path.Combine(mount.Path, "inline"));
            for (var i = 0; i < 8; i++) File.WriteAllText(Path.Combine(mount.Path, "inline", $"name{i}"), new string('c', 100));
        }

        var image = File.ReadAllBytes(folder["image"]);
        var disk = new MemoryDisk(image);
        Assert.True(Ext4Volume.Open(disk).Find("inline") is { HasInlineData: true, Size: > 60 });
        var writer = Ext4Writer.Open(disk);
        writer.CreateDirectory("inline"u8, new UnixAttributes { Mode = 0x1C0, Xattrs = [new Xattr("user.a"u8.ToArray(), new byte[40])] });
        writer.CreateHardLink("inline/name8"u8, "inline/name7"u8);
        writer.CreateFile("inline/name0"u8, Commits.Plain, 0);
        writer.Finish();
        var volume = Ext4Volume.Open(disk);
        Assert.Equal(9, volume.ReadDirectory(volume.Find("inline")!).Count);
        Assert.Equal(new string('c', 100), System.Text.Encoding.ASCII.GetString(Commits.Read(image, "inline/name8")));
        Assert.Empty(TestImages.Complaints(image));
    }

    /// <summary>The block of the first call may still be queued when the second one wants to know what it holds.</summary>
    [ToolFact("mke2fs", "e2fsck")]
    public void An_existing_folder_can_get_attributes_twice_while_writes_are_queued()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -J size=1", "8M");
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        writer.CreateDirectory("d"u8, new UnixAttributes { Xattrs = [new Xattr("user.first"u8.ToArray(), new byte[300])] });
        writer.Finish();
        var queue = new QueueWriter();
        writer = Ext4Writer.Open(disk, queue);
        writer.CreateDirectory("d"u8, new UnixAttributes { Mode = 1, Xattrs = [new Xattr("user.second"u8.ToArray(), new byte[200])] });
        writer.CreateDirectory("d"u8, new UnixAttributes { Mode = 2, Xattrs = [new Xattr("user.third"u8.ToArray(), new byte[100])] });
        writer.Finish();
        queue.Drain(disk);
        var volume = Ext4Volume.Open(disk);
        Assert.Equal([300, 200, 100], volume.ReadXattrs(volume.Find("d")!).OrderByDescending(x => x.Value.Length).Select(x => x.Value.Length));
        Assert.Empty(TestImages.Complaints(image));
    }

    private static void Put(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);
}
