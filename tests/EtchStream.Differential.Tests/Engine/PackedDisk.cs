using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A kind of disk to pack images for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">Makes the disk image and answers the partition of the engine's data.</param>
/// <param name="EngineRoot">The engine's data root in that partition.</param>
/// <param name="Arguments">Options of pack that say where that is.</param>
internal sealed record PackedDisk(string Name, Func<string, Ext4Image> Make, string EngineRoot, params string[] Arguments)
{
    private const long MiB = 1 << 20;
    private const long DataLength = 384 * MiB;

    /// <summary>balenaOS on MBR: the data partition is the sixth.</summary>
    public static PackedDisk BalenaMbr { get; } = new("balenaOS, MBR", image => BalenaDisk.Make(image, gpt: false, DataLength), "docker");

    /// <summary>balenaOS on GPT: the data partition is the fifth.</summary>
    public static PackedDisk BalenaGpt { get; } = new("balenaOS, GPT", image => BalenaDisk.Make(image, gpt: true, DataLength), "docker");

    /// <summary>balenaOS whose data partition has no folder <c>docker</c> yet, and much room.</summary>
    public static PackedDisk WithoutStore { get; } = new("balenaOS, no store", image => BalenaDisk.Make(image, gpt: false, 1L << 30, withStore: false), "docker");

    /// <summary>Raspberry Pi OS: one partition to boot from, one for all the rest.</summary>
    public static PackedDisk RaspberryPi { get; } = new("Raspberry Pi OS", MakeRaspberryPi, "var/lib/docker", "--data-partition", "2", "--engine-root", "/var/lib/docker");

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Ext4Image MakeRaspberryPi(string image)
    {
        using var folder = new TemporaryFolder();
        var source = folder.MakeFolder("root");
        foreach (var path in (string[])["boot", "etc", "var/lib/apt"]) Directory.CreateDirectory(Path.Combine(source, path));
        File.WriteAllText(Path.Combine(source, "etc/hostname"), "raspberrypi\n");
        PartitionSpec boot = new(1, 4 * MiB, 64 * MiB, 0x0c, "bootfs"), root = new(2, 68 * MiB, DataLength, 0x83, "rootfs");
        DiskImages.WriteMbr(image, root.End, boot, root);
        HostTool.RunOk("mkfs.vfat", "-n", boot.Name, "-C", folder["boot.img"], $"{boot.Length / 1024}");
        HostTool.RunOk("dd", $"if={folder["boot.img"]}", $"of={image}", "bs=1M", $"seek={boot.Start / MiB}", "conv=notrunc,sparse", "status=none");
        return Ext4Image.Make(image, root.Start, root.Length, "-t", "ext4", "-L", root.Name, "-d", source);
    }
}
