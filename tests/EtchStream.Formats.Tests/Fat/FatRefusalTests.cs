using System.Buffers.Binary;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Volumes that must not be written, and damage that is met on the way.</summary>
public class FatRefusalTests
{
    [ToolTheory("mkfs.vfat")]
    [InlineData("-F 12", 0x25, 1, "dirty")]
    [InlineData("-F 16", 0x25, 1, "dirty")]
    [InlineData("-F 32", 0x41, 1, "dirty")]
    [InlineData("-F 32", 0x41, 2, "disk errors")]
    public void A_volume_with_its_dirty_flag_is_refused(string options, int at, byte bits, string feature)
    {
        var image = FatImages.Make(options, options == "-F 12" ? 1000 : 40_000);
        image[at] |= bits;
        Refused(image, feature);
    }

    [ToolTheory("mkfs.vfat")]
    [InlineData("-F 16", 3, 0x80, "dirty")]
    [InlineData("-F 16", 3, 0x40, "disk errors")]
    [InlineData("-F 32", 7, 0x08, "dirty")]
    [InlineData("-F 32", 7, 0x04, "disk errors")]
    public void A_volume_with_the_flag_in_its_FAT_is_refused(string options, int at, byte bit, string feature)
    {
        var image = FatImages.Make(options, 40_000);
        var info = FatVolumeInfo.TryRead(new MemoryDisk(image))!;
        for (var fat = 0; fat < 2; fat++) image[info.FatOffset + (fat * info.FatLength) + at] &= (byte)(0xFF - bit);
        Refused(image, feature);
    }

    [ToolFact("mkfs.vfat")]
    public void FATs_that_differ_are_refused()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        var info = FatVolumeInfo.TryRead(new MemoryDisk(image))!;
        image[info.FatOffset + info.FatLength + 1000] = 1;
        var error = Assert.Throws<CorruptFormatException>(() => FatWriter.Open(new MemoryDisk(image)));
        Assert.Equal(info.FatOffset + 1000, error.Offset);
        Assert.Contains("fsck.vfat", error.Message, StringComparison.Ordinal);

        // What is behind the last entry is no part of it.
        image[info.FatOffset + info.FatLength + 1000] = 0;
        image[info.FatOffset + (2 * info.FatLength) - 1] = 1;
        Assert.Null(Record.Exception(() => FatWriter.Open(new MemoryDisk(image))));
    }

    [ToolFact("mkfs.vfat")]
    public void Mirroring_that_is_off_is_respected()
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        var info = FatVolumeInfo.TryRead(new MemoryDisk(image))!;
        var (first, second) = ((int)info.FatOffset, (int)(info.FatOffset + info.FatLength));
        var length = (int)info.FatLength;

        // The first FAT alone is in use: the second stays as it is, and need not be the same.
        image[40] = 0x80;
        image.AsSpan(second, length).Fill(0x77);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "x", FatImages.Content(1, 9000)));
        Assert.Equal(FatImages.Content(1, 9000), FatImages.Read(image, "x"));
        Assert.False(image.AsSpan(second, length).ContainsAnyExcept((byte)0x77));

        // The second is: it is read, but not written, since Linux would look into the first.
        image.AsSpan(first, length).CopyTo(image.AsSpan(second));
        image.AsSpan(first, length).Fill(0x77);
        image[40] = 0x81;
        Assert.Equal(FatImages.Content(1, 9000), FatImages.Read(image, "x"));
        Refused(image, "FAT mirroring");
        image[40] = 0x82;
        Assert.Throws<CorruptFormatException>(() => FatVolume.Open(new MemoryDisk(image)));
    }

    [ToolFact("mkfs.vfat")]
    public void A_volume_larger_than_its_partition_or_its_FAT_is_refused()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        Assert.Contains("partition", Assert.Throws<CorruptFormatException>(() => FatWriter.Open(new MemoryDisk(image.AsMemory(0, image.Length - 512)))).Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(22), 10);
        Assert.Contains("has room for", Assert.Throws<CorruptFormatException>(() => FatWriter.Open(new MemoryDisk(image))).Message, StringComparison.Ordinal);
    }

    [ToolFact("mkfs.vfat")]
    public void Another_version_of_FAT32_is_refused()
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        image[43] = 1;
        Refused(image, "FAT32 version");
    }

    [Fact]
    public void What_is_no_FAT_is_told() => Assert.Throws<CorruptFormatException>(() => FatVolume.Open(new MemoryDisk(new byte[100_000])));

    public static TheoryData<string, string> Damages => new()
    {
        { "loop", "circle" },
        { "out of range", "there are only those" },
        { "bad", "marked bad" },
        { "free", "marked free" },
        { "into a folder", "belongs to a directory" },
        { "begins at 1", "begins at cluster 1" },
        { "folder in a circle", "circle" },
        { "folder that is the root", "another directory" },
        { "folder at 0", "begins at cluster 0" },
        { "name twice", "twice" },
        { "alias twice", "twice" },
    };

    [ToolTheory("mkfs.vfat")]
    [MemberData(nameof(Damages))]
    public void Damage_that_is_met_is_told(string damage, string problem)
    {
        var image = FatImages.Make("-F 32 -s 1", 40_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "A FILE", FatImages.Content(1, 5000));
            writer.File(disk, "ANOTHER", FatImages.Content(1, 5000));
            writer.File(disk, "folder/file one", [1]);
            writer.File(disk, "folder/file two", [1]);
        });
        var disk = new MemoryDisk(image);
        var volume = FatVolume.Open(disk, disk);
        var (file, folder) = (volume.Find("A FILE")!, volume.Find("folder")!);
        var inFolder = (int)volume.Info.ClusterOffset(folder.FirstCluster);
        switch (damage)
        {
            case "loop":
                volume.Table[file.FirstCluster + 3] = file.FirstCluster;
                break;
            case "out of range":
                volume.Table[file.FirstCluster + 3] = volume.Info.EndCluster;
                break;
            case "bad":
                volume.Table[file.FirstCluster + 3] = 0x0FFFFFF7;
                break;
            case "free":
                volume.Table[file.FirstCluster + 3] = 20_000;
                break;
            case "into a folder":
                volume.Table[file.FirstCluster + 3] = volume.Info.RootCluster;
                break;
            case "begins at 1":
                image[image.AsSpan().IndexOf("AFILE~1    "u8) + 26] = 1;
                break;
            case "folder in a circle":
                volume.Table[folder.FirstCluster] = folder.FirstCluster;
                break;
            case "folder that is the root":
                image[image.AsSpan().IndexOf("FOLDER     "u8) + 26] = (byte)volume.Info.RootCluster;
                break;
            case "folder at 0":
                image[image.AsSpan().IndexOf("FOLDER     "u8) + 26] = 0;
                break;
            case "name twice":
                // Both long names; the checksums of the short ones stay.
                image.AsSpan(inFolder + 64, 11).CopyTo(image.AsSpan(inFolder + 128));
                image.AsSpan(inFolder + 64 + 14, 18).CopyTo(image.AsSpan(inFolder + 128 + 14));
                break;
            case "alias twice":
                image.AsSpan(inFolder + 96, 11).CopyTo(image.AsSpan(inFolder + 160));
                break;
        }

        volume.Table.Flush();
        var error = Assert.ThrowsAny<IOException>(() => FatImages.Write(image, (writer, d) =>
        {
            writer.File(d, "A FILE", [1]);
            writer.File(d, "folder/new", [1]);
        }));
        Assert.Contains(problem, Assert.IsType<CorruptFormatException>(error).Message, StringComparison.Ordinal);
    }

    [ToolFact("mkfs.vfat")]
    public void A_file_longer_than_its_chain_is_told_when_it_is_read()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "X", FatImages.Content(1, 1000)));
        var slot = image.AsSpan().IndexOf("X          "u8);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(slot + 28), 1025);
        Assert.Contains("ends after 2 clusters", Assert.Throws<CorruptFormatException>(() => FatImages.Read(image, "X")).Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(slot + 26), 0);
        Assert.Contains("begins at cluster 0", Assert.Throws<CorruptFormatException>(() => FatImages.Read(image, "X")).Message, StringComparison.Ordinal);
    }

    private static void Refused(byte[] image, string feature)
    {
        var before = (byte[])image.Clone();
        Assert.Equal(feature, Assert.Throws<UnsupportedFormatException>(() => FatWriter.Open(new MemoryDisk(image))).Feature);
        Assert.Equal(before, image);
    }
}
