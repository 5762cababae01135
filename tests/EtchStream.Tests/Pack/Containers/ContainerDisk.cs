using EtchStream.TestKit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>A disk image to pack with container images: one real ext4 file system, labelled <c>resin-data</c>, empty and small.</summary>
internal static class ContainerDisk
{
    private const long PartitionLength = 12 << 20;

    private static readonly Lazy<byte[]> SmallBlocks = new(() => Make(1024));
    private static readonly Lazy<byte[]> LargeBlocks = new(() => Make(4096));

    /// <summary>Writes the image, with blocks of 1 KiB.</summary>
    public static void Write(string path) => File.WriteAllBytes(path, SmallBlocks.Value);

    /// <summary>Writes the image, with blocks of 4 KiB.</summary>
    public static void WriteLargeBlocks(string path) => File.WriteAllBytes(path, LargeBlocks.Value);

    /// <summary>The partition in an image that was unpacked.</summary>
    public static Ext4Image Partition(string image) => new(image, 1 << 20, PartitionLength);

    private static byte[] Make(int blockSize)
    {
        using var folder = new TemporaryFolder();
        var spec = DiskImages.OnePartition(folder["disk.img"], PartitionLength);
        Ext4Image.Make(folder["disk.img"], spec.Start, spec.Length, "-t", "ext4", "-b", $"{blockSize}", "-O", "^has_journal", "-L", "resin-data");
        return File.ReadAllBytes(folder["disk.img"]);
    }
}
