using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>
/// The small disk image that hostile archives begin with: partition 1 is ext4, labelled <c>data</c>, with links that lead out; partition 2
/// holds nothing, so that partition 1 is not the last and never grows.
/// </summary>
internal static class HostileDisk
{
    private const long MiB = 1 << 20;

    private static readonly Lazy<byte[]> Content = new(Make);

    /// <summary>The image's bytes.</summary>
    public static byte[] Image => Content.Value;

    /// <summary>The ext4 file system in a copy of the image.</summary>
    public static Ext4Image Data(string image) => new(image, MiB, 2 * MiB);

    private static byte[] Make()
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        foreach (var name in new[] { "etc", "full", "empty" }) Directory.CreateDirectory(Path.Combine(tree, name));
        foreach (var name in new[] { "etc/passwd", "full/file", "plain" }) File.WriteAllText(Path.Combine(tree, name), "of the image\n");
        foreach (var (name, target) in new[] { ("absolute", "/etc"), ("relative", "etc"), ("climbing", "../../../../../etc"), ("loop", "loop"), ("dangling", "nowhere") })
            File.CreateSymbolicLink(Path.Combine(tree, name), target);

        var image = folder["disk.img"];
        DiskImages.WriteMbr(image, 5 * MiB, new PartitionSpec(1, MiB, 2 * MiB, 0x83, "data"), new PartitionSpec(2, 3 * MiB, MiB, 0x83, "other"));
        Ext4Image.Make(image, MiB, 2 * MiB, "-t", "ext4", "-b", "1024", "-N", "256", "-O", "^has_journal", "-L", "data", "-d", tree);
        return File.ReadAllBytes(image);
    }
}
