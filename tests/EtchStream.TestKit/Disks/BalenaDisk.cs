namespace EtchStream.TestKit;

/// <summary>A disk laid out and formatted as balenaOS images are.</summary>
public static class BalenaDisk
{
    private const long BootOffset = 4 << 20;

    /// <summary>Makes the disk and answers its data partition.</summary>
    /// <param name="image">The image to make.</param>
    /// <param name="gpt">GPT instead of MBR.</param>
    /// <param name="dataLength">Bytes of the data partition.</param>
    /// <param name="withStore">Whether it has a folder <c>docker</c>, with an engine's empty list of images in it.</param>
    public static Ext4Image Make(string image, bool gpt, long dataLength, bool withStore = true)
    {
        using var folder = new TemporaryFolder();
        var source = folder.MakeFolder("data");
        if (withStore)
        {
            Directory.CreateDirectory(Path.Combine(source, "docker/image/overlay2"));
            File.WriteAllText(Path.Combine(source, "docker/image/overlay2/repositories.json"), """{"Repositories":{}}""");
        }

        var specs = DiskImages.Balena(image, gpt, dataLength);
        foreach (var spec in specs.Skip(1).Take(3))
            Ext4Image.Make(image, spec.Start, spec.Length, "-t", "ext4", "-L", spec.Name, "-E", "lazy_itable_init=0,lazy_journal_init=0", "-i", "8192");
        var boot = specs[0];
        HostTool.RunOk("mkfs.vfat", "-n", boot.Name, "-S", "512", "-i", "5eed0001", "--invariant", "-C", folder["boot.img"], $"{boot.Length / 1024}");
        HostTool.RunOk("dd", $"if={folder["boot.img"]}", $"of={image}", "bs=1M", $"seek={boot.Start >> 20}", "conv=notrunc,sparse", "status=none");
        var data = specs[^1];
        return Ext4Image.Make(image, data.Start, data.Length, "-t", "ext4", "-L", data.Name, "-E", "lazy_itable_init=0,lazy_journal_init=0", "-T", "default", "-b", "4096", "-i", "8192", "-d", source);
    }

    /// <summary>The data partition of an image with an MBR.</summary>
    public static Ext4Image Data(string image) => new(image, 80 << 20, new FileInfo(image).Length - (80 << 20));

    /// <summary>Puts a file onto the boot partition.</summary>
    public static void WriteBoot(string image, string path, string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], content);
        HostTool.RunOk("mcopy", "-o", "-i", $"{image}@@{BootOffset}", folder["file"], $"::{path}");
    }
}
