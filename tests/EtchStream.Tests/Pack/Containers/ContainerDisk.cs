using EtchStream.TestKit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>A disk image to pack with container images: one real ext4 file system, labelled <c>resin-data</c>, empty and small.</summary>
internal static class ContainerDisk
{
    private const long PartitionLength = 12 << 20;

    private static readonly Lazy<byte[]> Content = new(Make);

    /// <summary>Writes the image.</summary>
    public static void Write(string path) => File.WriteAllBytes(path, Content.Value);

    /// <summary>The partition in an image that was unpacked.</summary>
    public static Ext4Image Partition(string image) => new(image, 1 << 20, PartitionLength);

    private static byte[] Make()
    {
        using var folder = new TemporaryFolder();
        var spec = DiskImages.OnePartition(folder["disk.img"], PartitionLength);
        Ext4Image.Make(folder["disk.img"], spec.Start, spec.Length, "-t", "ext4", "-b", "1024", "-O", "^has_journal", "-L", "resin-data");
        return File.ReadAllBytes(folder["disk.img"]);
    }
}
