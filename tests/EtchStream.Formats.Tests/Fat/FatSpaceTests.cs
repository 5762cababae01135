using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Full and fragmented volumes, and the sizes that the format ends at.</summary>
public class FatSpaceTests
{
    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [InlineData("-F 12 -s 1", 1000)]
    [InlineData("-F 16 -s 1", 10_000)]
    [InlineData("-F 32 -s 1", 40_000)]
    public void A_volume_can_be_filled_to_the_last_cluster(string options, int kibibytes)
    {
        var image = FatImages.Make(options, kibibytes);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "a", FatImages.Content(1, 1000));
            var free = writer.FreeBytes;
            var error = Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("b"u8, FatImages.Plain, free + 1));
            Assert.Equal((free + 512, free), (error.Needed, error.Available));
            writer.File(disk, "b", FatImages.Content(2, (int)free));
            Assert.Equal(0, writer.FreeBytes);
            Assert.Throws<OutOfSpaceException>(() => writer.CreateDirectory("c"u8, FatImages.Plain));
            Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("c"u8, FatImages.Plain, 1));
            writer.File(disk, "d", []);

            // What is replaced gives its clusters back first.
            writer.File(disk, "b", FatImages.Content(3, (int)free));
            Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("b"u8, FatImages.Plain, free + 1));
        });
        Assert.Equal(["a", "b", "d"], FatImages.Names(image, ""));
        Assert.Equal(FatImages.Content(3, FatImages.Read(image, "b").Length), FatImages.Read(image, "b"));
        FatImages.Check(image, 0);
    }

    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [InlineData("-F 12 -s 1", 1000)]
    [InlineData("-F 16 -s 2", 10_000)]
    [InlineData("-F 32 -s 1 -f 1", 40_000)]
    public void A_fragmented_volume_is_filled_in_pieces(string options, int kibibytes)
    {
        var image = FatImages.Make(options, kibibytes);
        FatImages.Write(image, (writer, disk) =>
        {
            for (var i = 0; i < 300; i++) writer.File(disk, $"f/{i}", FatImages.Content(i, writer.BlockSize));
            writer.File(disk, "rest", FatImages.Content(5, (int)writer.FreeBytes));
            for (var i = 0; i < 300; i += 2) writer.File(disk, $"f/{i}", []);
            Assert.Equal(150L * writer.BlockSize, writer.FreeBytes);
        });
        FatImages.Check(image, 150 * FatVolumeInfo.TryRead(new MemoryDisk(image))!.ClusterSize);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "pieces", FatImages.Content(7, (int)writer.FreeBytes - 3));
            Assert.Equal(FatImages.Content(7, 150 * writer.BlockSize - 3), writer.TryReadFile("PIECES"u8, int.MaxValue));
        });
        Assert.Equal(FatImages.Content(7, FatImages.Read(image, "pieces").Length), FatImages.Read(image, "pieces"));
        for (var i = 1; i < 300; i += 2) Assert.Equal(FatImages.Content(i, FatImages.Read(image, "f/1").Length), FatImages.Read(image, $"f/{i}"));
        FatImages.Check(image, 0);
    }

    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [InlineData("-F 12 -s 1 -r 64", 1000)]
    [InlineData("-F 16 -s 1 -r 64", 10_000)]
    public void A_full_root_folder_of_fixed_size_says_what_to_do(string options, int kibibytes)
    {
        var image = FatImages.Make(options, kibibytes);
        FatImages.Write(image, (writer, disk) =>
        {
            // The label takes one entry, each name three.
            for (var i = 0; i < 21; i++) writer.File(disk, $"a name of two {i}", [1]);
            var error = Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("X"u8, FatImages.Plain, 1));
            Assert.Contains("the root folder", error.Message, StringComparison.Ordinal);
            Assert.Contains("64 entries", error.Message, StringComparison.Ordinal);
            Assert.Contains("mkfs.vfat -r", error.Message, StringComparison.Ordinal);
            Assert.Throws<OutOfSpaceException>(() => writer.CreateDirectory("d"u8, FatImages.Plain));
            writer.File(disk, "a name of two 3", [2]);
        });
        Assert.Equal(21, FatImages.Names(image, "").Count);
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void The_root_folder_of_FAT32_and_other_folders_grow()
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        FatImages.Write(image, (writer, disk) =>
        {
            for (var i = 0; i < 300; i++)
            {
                writer.File(disk, $"in the root {i}", []);
                writer.File(disk, $"folder/in a folder {i}", [(byte)i]);
            }
        });
        Assert.Equal((301, 300), (FatImages.Names(image, "").Count, FatImages.Names(image, "folder").Count));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void A_folder_has_at_most_65536_entries()
    {
        var image = FatImages.Make("-F 32 -s 8", 60_000);
        FatImages.Write(image, (writer, disk) =>
        {
            // "." and ".." take two, every name one.
            for (var i = 0; i < 65_534; i++) writer.File(disk, $"F/{i}", []);
            Assert.Contains("at most 65536 entries", Assert.Throws<UnsupportedFormatException>(() => writer.CreateFile("F/X"u8, FatImages.Plain, 0)).Message, StringComparison.Ordinal);
            Assert.Throws<UnsupportedFormatException>(() => writer.CreateDirectory("F/X"u8, FatImages.Plain));
            writer.File(disk, "F/77", [7]);
        });
        Assert.Equal(65_534, FatImages.Names(image, "F").Count);
        Assert.Equal([7], FatImages.Read(image, "F/77"));

        // fsck.vfat compares every name with every other, which takes it long.
        if (Soak.IsOn) FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat")]
    public void A_file_has_at_most_4_GiB_less_one()
    {
        var image = FatImages.Make("-F 16", 10_000);
        FatImages.Write(image, (writer, _) =>
        {
            Assert.Contains("4 GiB less one", Assert.Throws<UnsupportedFormatException>(() => writer.CreateFile("x"u8, FatImages.Plain, 1L << 32)).Message, StringComparison.Ordinal);
            Assert.Throws<OutOfSpaceException>(() => writer.CreateFile("x"u8, FatImages.Plain, (1L << 32) - 1));
        });
    }

    /// <summary>On a volume that is mostly a hole. fsck.vfat 4.2 counts the bytes of a chain in 32 bits, and so takes one of 4 GiB for empty: it gets a file of a cluster less.</summary>
    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [InlineData(uint.MaxValue, false)]
    [InlineData(uint.MaxValue - 0xFFFF, true)]
    public void A_file_of_4_GiB_less_one_is_written(long size, bool askFsck)
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-s", "128", "-C", folder["image"], $"{5L << 20}");
        using (var disk = FileDisk.OpenReadWrite(folder["image"]))
        {
            var writer = FatWriter.Open(disk);
            var runs = writer.CreateFile("large"u8, FatImages.Plain, size);
            Assert.Equal((size + 0xFFFF) / 0x10000 * 0x10000, Assert.Single(runs).Length);
            disk.Write(runs[0].VolumeOffset + size - 4, [1, 2, 3, 4]);
            writer.Finish();
            var volume = FatVolume.Open(disk);
            var buffer = new byte[9];
            Assert.Equal(6, volume.ReadFile(volume.Find("large")!, size - 6, buffer));
            Assert.Equal([0, 0, 1, 2, 3, 4, 0, 0, 0], buffer);
        }

        if (askFsck) Nothing.Wrong("fsck.vfat", FsckVfat.Run(folder["image"]).Complaints);
    }

    /// <summary>A bad cluster is never taken, and its mark stays.</summary>
    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [InlineData("-F 12 -s 1", 1000)]
    [InlineData("-F 16 -s 1", 10_000)]
    [InlineData("-F 32 -s 1", 40_000)]
    public void Bad_clusters_are_left_alone(string options, int kibibytes)
    {
        var image = FatImages.Make(options, kibibytes);
        uint[] bad = [5, 6, 11, 300, 301];
        var disk = new MemoryDisk(image);
        var volume = FatVolume.Open(disk, disk);
        foreach (var cluster in bad) volume.Table[cluster] = 0x0FFFFFF7;
        volume.Table.Flush();
        FatImages.Write(image, (writer, _) => writer.File(disk, "all", FatImages.Content(1, (int)writer.FreeBytes)));
        volume = FatVolume.Open(disk);
        foreach (var cluster in bad) Assert.Equal(0x0FFFFFF7u, volume.Table[cluster]);
        Assert.Equal(FatImages.Content(1, (int)volume.Find("all")!.Size), FatImages.Read(image, "all"));
        FatImages.Check(image, 0);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Fsinfo_is_made_right_and_leads_the_search()
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        BitConverter.TryWriteBytes(image.AsSpan(512 + 488), 12345u);
        BitConverter.TryWriteBytes(image.AsSpan(512 + 492), 7000u);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "x", [1]));
        var volume = FatVolume.Open(new MemoryDisk(image));
        Assert.Equal(7000u, volume.Find("x")!.FirstCluster);
        Assert.Equal(7000u, BitConverter.ToUInt32(image, 512 + 492));
        FatImages.Check(image);

        // Without its signature it is none, and stays as it is.
        image[512] = 0;
        BitConverter.TryWriteBytes(image.AsSpan(512 + 488), 1u);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "y", [1]));
        Assert.Equal(1u, BitConverter.ToUInt32(image, 512 + 488));
    }
}
