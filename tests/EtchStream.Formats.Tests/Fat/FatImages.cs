using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Volumes made by mkfs.vfat, the same bytes in every run, and short forms of what most tests do with them.</summary>
internal static class FatImages
{
    public static readonly UnixAttributes Plain = new() { Mode = 0x1A4, ModificationTime = new UnixTime(1_700_000_000) };

    /// <param name="options">Options of mkfs.vfat, apart by blanks.</param>
    /// <param name="kibibytes">Size.</param>
    public static byte[] Make(string options, int kibibytes)
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("mkfs.vfat", ["--invariant", "-n", "LABEL", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-C", folder["image"], $"{kibibytes}"]);
        return System.IO.File.ReadAllBytes(folder["image"]);
    }

    /// <summary>Writes files into an image.</summary>
    public static void Write(byte[] image, Action<FatWriter, MemoryDisk> work)
    {
        var disk = new MemoryDisk(image);
        var writer = FatWriter.Open(disk);
        work(writer, disk);
        writer.Finish();
    }

    public static void Finish(this FatWriter writer)
    {
        foreach (var _ in writer.Commit())
        {
        }
    }

    public static void File(this FatWriter writer, IBlockWriter disk, string path, byte[] content, UnixAttributes? attributes = null)
    {
        long end = 0;
        foreach (var run in writer.CreateFile(Encoding.UTF8.GetBytes(path), attributes ?? Plain, content.Length))
        {
            Assert.Equal(end, run.FileOffset);
            end += run.Length;
            var data = new byte[run.Length];
            content.AsSpan((int)run.FileOffset, (int)Math.Min(run.Length, content.Length - run.FileOffset)).CopyTo(data);
            disk.Write(run.VolumeOffset, data);
        }

        Assert.Equal((content.Length + writer.BlockSize - 1) / writer.BlockSize * writer.BlockSize, end);
    }

    public static byte[] Read(byte[] image, string path)
    {
        var volume = FatVolume.Open(new MemoryDisk(image));
        var entry = volume.Find(path) ?? throw new FileNotFoundException(path);
        var content = new byte[entry.Size];
        Assert.Equal(content.Length, volume.ReadFile(entry, 0, content));
        return content;
    }

    public static List<string> Names(byte[] image, string folder)
    {
        var volume = FatVolume.Open(new MemoryDisk(image));
        return volume.ReadDirectory(volume.Find(folder)!).ConvertAll(entry => entry.Name);
    }

    public static List<string> ShortNames(byte[] image, string folder)
    {
        var volume = FatVolume.Open(new MemoryDisk(image));
        return volume.ReadDirectory(volume.Find(folder)!).ConvertAll(entry => entry.ShortName);
    }

    public static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Fails when fsck.vfat finds anything, or counts other free clusters than the writer and FSINFO do.</summary>
    public static void Check(byte[] image, long? freeBytes = null)
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder["image"], image);
        var result = FsckVfat.Run(folder["image"]);
        Nothing.Wrong("fsck.vfat", result.Complaints);
        var disk = new MemoryDisk(image);
        var info = FatVolumeInfo.TryRead(disk)!;
        Assert.Equal(info.ClusterCount, result.Total);
        Assert.Equal((result.Total - result.Used) * info.ClusterSize, FatFreeSpace.Count(disk, info));
        if (freeBytes is not null) Assert.Equal((result.Total - result.Used) * info.ClusterSize, freeBytes);
        for (var fat = 1; fat < info.FatCount; fat++)
        {
            Assert.True(image.AsSpan((int)info.FatOffset, (int)info.FatLength).SequenceEqual(image.AsSpan((int)(info.FatOffset + (fat * info.FatLength)), (int)info.FatLength)), $"FAT {fat} differs");
        }
    }
}
