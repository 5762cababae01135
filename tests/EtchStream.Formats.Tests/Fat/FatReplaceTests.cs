using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tests.Ext4;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

public class FatReplaceTests
{
    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Folders_and_files_take_each_other_s_place_where_nothing_is_lost()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.CreateDirectory("empty"u8, FatImages.Plain);
            writer.File(disk, "full/file", [1]);
            writer.File(disk, "file", FatImages.Content(1, 5000));
        });
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "empty", [2]);
            Assert.Contains("not empty", Assert.Throws<UnsafePathException>(() => writer.CreateFile("full"u8, FatImages.Plain, 0)).Message, StringComparison.Ordinal);
            Assert.Contains("file is not a folder", Assert.Throws<UnsafePathException>(() => writer.CreateFile("file/x"u8, FatImages.Plain, 0)).Message, StringComparison.Ordinal);
            Assert.Throws<UnsafePathException>(() => writer.EnsureDirectory("file"u8, FatImages.Plain));
            writer.CreateDirectory("file"u8, FatImages.Plain);

            // What this run made goes with all that is in it.
            for (var i = 0; i < 100; i++) writer.File(disk, $"new/a/b/c {i}", FatImages.Content(i, 700));
            var free = writer.FreeBytes;
            writer.File(disk, "new", []);
            Assert.True(writer.FreeBytes >= free + (100 * 1024) + (3 * 512));
            writer.File(disk, "after", FatImages.Content(9, 90_000));
        });
        Assert.Equal(["empty", "full", "file", "new", "after"], FatImages.Names(image, ""));
        Assert.Empty(FatImages.Names(image, "file"));
        Assert.Equal(FatImages.Content(9, 90_000), FatImages.Read(image, "after"));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void EnsureDirectory_leaves_what_is_there_as_it_is()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, _) => writer.EnsureDirectory("a/b"u8, new UnixAttributes { ModificationTime = new UnixTime(1_000_000_000) }));
        FatImages.Write(image, (writer, _) =>
        {
            writer.EnsureDirectory("A/B"u8, FatImages.Plain);
            writer.EnsureDirectory(""u8, FatImages.Plain);
            writer.CreateDirectory("A"u8, FatImages.Plain);
            writer.CreateDirectory(""u8, FatImages.Plain);
        });
        var volume = FatVolume.Open(new MemoryDisk(image));
        Assert.Equal((1_700_000_000, 1_000_000_000), (volume.Find("a")!.ModificationTime.Seconds, volume.Find("a/b")!.ModificationTime.Seconds));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat")]
    public void Attributes_are_those_of_a_file_that_is_written_over()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "A", [1], new UnixAttributes { Mode = 0x124, ModificationTime = new UnixTime(1_000_000_000) });
            writer.File(disk, "B", [1], new UnixAttributes { Mode = 0x80, ModificationTime = new UnixTime(1_000_000_000) });
            writer.CreateDirectory("C"u8, new UnixAttributes { Mode = 0x124 });
            Assert.Equal("1 modification times lie outside what FAT can hold (1980 to 2107) and were set to the nearest that it can", Assert.Single(writer.Warnings));
        });
        Assert.Equal([0x21, 0x20, 0x10], Attributes());

        // Hidden and system stay, as does the time of creation.
        var slot = image.AsSpan().IndexOf("B          "u8);
        image[slot + 11] |= 0x06;
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "a", [1, 2]);
            writer.File(disk, "b", [1, 2], new UnixAttributes { Mode = 0x124, ModificationTime = new UnixTime(1_700_000_000) });
        });
        Assert.Equal([0x20, 0x27, 0x10], Attributes());
        var (date, time, _) = FatTime.Encode(new UnixTime(1_000_000_000));
        Assert.Equal((time, date), (BitConverter.ToUInt16(image, slot + 14), BitConverter.ToUInt16(image, slot + 16)));

        byte[] Attributes() => [.. FatVolume.Open(new MemoryDisk(image)).ReadDirectory(FatVolume.Open(new MemoryDisk(image)).Root).Select(e => e.Attributes)];
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void A_file_replaced_ten_thousand_times_takes_no_more_room()
    {
        var image = FatImages.Make("-F 12 -s 1", 1000);
        FatImages.Write(image, (writer, disk) =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                writer.File(disk, "folder/the same long name", FatImages.Content(i, i % 3000));
                if (i % 10 == 0) writer.CreateDirectory("folder/the same long name"u8, FatImages.Plain);
            }
        });
        Assert.Equal(FatImages.Content(9999, 999), FatImages.Read(image, "folder/the same long name"));
        FatImages.Check(image);
    }

    /// <summary>Clusters that were freed and taken again while their first content was still on its way.</summary>
    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void A_queue_does_not_bring_back_what_was_replaced()
    {
        var image = FatImages.Make("-F 12 -s 1", 300);
        var disk = new MemoryDisk(image);
        var queue = new QueueWriter();
        var writer = FatWriter.Open(disk, queue);
        var size = (int)writer.FreeBytes - 2048;
        writer.File(queue, "a", FatImages.Content(1, size));
        writer.File(queue, "a", FatImages.Content(2, size - 5000));
        writer.File(queue, "folder/b", FatImages.Content(3, 4000));
        writer.Finish();
        queue.Drain(disk);
        Assert.Equal(FatImages.Content(2, size - 5000), FatImages.Read(image, "a"));
        Assert.Equal(FatImages.Content(3, 4000), FatImages.Read(image, "folder/b"));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat")]
    public void TryReadFile_reads_what_was_there_and_what_is_new()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "f/old", FatImages.Content(1, 5000)));
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "f/new", [1, 2]);
            Assert.Equal(FatImages.Content(1, 5000), writer.TryReadFile("f/old"u8, 5000));
            Assert.Equal([1, 2], writer.TryReadFile("F/NEW"u8, 5000));
            Assert.Null(writer.TryReadFile("f/none"u8, 5000));
            Assert.Null(writer.TryReadFile("g/none"u8, 5000));
            Assert.Throws<UnsupportedFormatException>(() => writer.TryReadFile("f/old"u8, 4999));
            Assert.Throws<UnsafePathException>(() => writer.TryReadFile("f"u8, 5000));
            Assert.Throws<UnsafePathException>(() => writer.TryReadFile(""u8, 5000));
            Assert.Throws<UnsafePathException>(() => writer.TryReadFile("f/old/x"u8, 5000));
        });
        Assert.Equal(["f"], FatImages.Names(image, ""));
    }

    [ToolFact("mkfs.vfat")]
    public void What_FAT_does_not_have_is_refused_by_name()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, _) =>
        {
            Assert.Equal("a/link: a FAT file system holds no symbolic links; bring the file itself", Error(() => writer.CreateSymbolicLink("a/link"u8, "x"u8, FatImages.Plain)));
            Assert.Equal("a/link: a FAT file system holds no hard links; bring a copy of b", Error(() => writer.CreateHardLink("a/link"u8, "b"u8)));
            Assert.Equal("null: a FAT file system holds no devices, pipes or sockets; leave it out", Error(() => writer.CreateNode("null"u8, FileKind.CharacterDevice, 1, 3, FatImages.Plain)));
            var attributes = new UnixAttributes { Mode = 0x1A4, Xattrs = [new Xattr("user.x"u8.ToArray(), [1])] };
            Assert.Equal("f: it has the extended attribute user.x, and a FAT file system holds none; remove it from the source", Error(() => writer.CreateFile("f"u8, attributes, 1)));
            Assert.Equal("d: it has the extended attribute user.x, and a FAT file system holds none; remove it from the source", Error(() => writer.CreateDirectory("d"u8, attributes)));
        });
        Assert.Empty(FatImages.Names(image, ""));

        static string Error(Action action) => Assert.Throws<UnsupportedFormatException>(action).Message;
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Deep_folders_and_their_parents_are_right()
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        var path = string.Join('/', Enumerable.Range(0, 200).Select(i => $"d{i}"));
        FatImages.Write(image, (writer, disk) => writer.File(disk, $"/./{path}//file", [5]));
        Assert.Equal([5], FatImages.Read(image, $"{path}/file"));
        var volume = FatVolume.Open(new MemoryDisk(image));
        uint parent = 0;
        var at = new StringBuilder();
        for (var i = 0; i < 200; i++)
        {
            var entry = volume.Find(at.Append($"/d{i}").ToString())!;
            var slots = image.AsSpan((int)volume.Info.ClusterOffset(entry.FirstCluster), 64);
            Assert.Equal((entry.FirstCluster, parent), (First(slots[..32]), First(slots[32..])));
            parent = entry.FirstCluster;
        }

        FatImages.Check(image);

        static uint First(ReadOnlySpan<byte> slot) => BitConverter.ToUInt16(slot[26..]) | ((uint)BitConverter.ToUInt16(slot[20..]) << 16);
    }
}
