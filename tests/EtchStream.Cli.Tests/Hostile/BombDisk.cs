using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>Disk images that take much: one partition, which can grow.</summary>
internal static class BombDisk
{
    private const long MiB = 1 << 20;

    /// <summary>Makes a small image whose only partition is ext4.</summary>
    /// <param name="path">The image.</param>
    public static void MakeExt4(string path)
    {
        var spec = DiskImages.OnePartition(path, 16 * MiB);
        Ext4Image.Make(path, spec.Start, spec.Length, "-t", "ext4", "-b", "4096", "-O", "^has_journal", "-L", "data");
    }

    /// <summary>Makes a sparse image whose only partition is FAT32.</summary>
    /// <param name="path">The image.</param>
    /// <param name="length">Bytes of the partition.</param>
    public static void MakeFat(string path, long length)
    {
        var spec = DiskImages.OnePartition(path, length);
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-n", "BOOT", "-i", "12345678", "--offset", $"{spec.Start / 512}", path, $"{length / 1024}");
    }

    /// <summary>What <c>e2fsck -fn</c> finds wrong with the partition of an image, which may have grown.</summary>
    public static IReadOnlyList<string> Check(string path) => new Ext4Image(path, MiB, new FileInfo(path).Length - MiB).Check();
}
