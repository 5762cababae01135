using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>What balenaOS reads on its boot partition is put there, whatever the table, and judged by fsck.vfat and mtools.</summary>
public sealed class BootFilesTests
{
    [ToolTheory("mke2fs", "mkfs.vfat", "fsck.vfat", "mtype", "sgdisk", "dd")]
    [InlineData(false)]
    [InlineData(true)]
    public void Config_and_picture_come_to_the_boot_partition(bool gpt)
    {
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt, 32 << 20);
        File.WriteAllText(folder["my-config.json"], """{"uuid":"1234","deviceType":"raspberrypi4-64"}""");
        File.WriteAllBytes(folder["logo"], [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3]);
        OurCommandLine.Run("pack", "--image", folder["disk.img"], "--config", folder["my-config.json"], "--splash", folder["logo"], "-o", folder["a.tar"]).Succeeded();
        OurCommandLine.Run("unpack", folder["a.tar"], folder["out.img"]).Succeeded();
        HostTool.RunOk("dd", $"if={folder["out.img"]}", $"of={folder["boot.img"]}", "bs=1M", "skip=4", "count=16", "status=none");
        HostTool.RunOk("fsck.vfat", "-n", folder["boot.img"]);
        Assert.Equal("""{"uuid":"1234","deviceType":"raspberrypi4-64"}""", HostTool.RunOk("mtype", "-i", folder["boot.img"], "::/config.json").Output);
        Assert.Equal("\u0089PNG\u0001\u0002\u0003", HostTool.RunOk("mtype", "-i", folder["boot.img"], "::/splash/balena-logo.png").Output);
    }

    [ToolFact("mke2fs")]
    public void What_is_no_configuration_or_no_such_disk_is_refused()
    {
        using var folder = new TemporaryFolder();
        var spec = DiskImages.OnePartition(folder["disk.img"], 16 << 20);
        Ext4Image.Make(folder["disk.img"], spec.Start, spec.Length, "-t", "ext4", "-L", "data");
        File.WriteAllText(folder["good.json"], "{}");
        File.WriteAllText(folder["bad.json"], "{");
        File.WriteAllText(folder["list.json"], "[]");
        Assert.Equal(2, Pack(folder, "--config", folder["good.json"], "resin-boot"));
        Assert.Equal(2, Pack(folder, "--splash", folder["good.json"], "resin-boot"));
        Assert.Equal(1, Pack(folder, "--config", folder["missing.json"], "--config"));

        BalenaDisk.Make(folder["disk.img"], gpt: false, 32 << 20);
        Assert.Equal(3, Pack(folder, "--config", folder["bad.json"], "not JSON"));
        Assert.Equal(3, Pack(folder, "--config", folder["list.json"], "not a JSON object"));
    }

    private static int Pack(TemporaryFolder folder, string option, string value, string expected)
    {
        var result = OurCommandLine.Run("pack", "--image", folder["disk.img"], option, value, "-o", folder["a.tar"]);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["a.tar"]));
        return result.ExitCode;
    }
}
