using System.Buffers.Binary;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>The judges themselves: a volume without a fault passes, and every damage is told.</summary>
public class FatJudgeTests
{
    public static TheoryData<string, string> Damages => new()
    {
        { "content", "mtools" },
        { "time", "mtools" },
        { "name", "mtools" },
        { "second FAT", "fsck.vfat" },
        { "lost cluster", "fsck.vfat" },
        { "cross-linked", "fsck.vfat" },
        { "chain too short", "fsck.vfat" },
        { "free count", "fsck.vfat" },
        { "dirty", "fsck.vfat" },
        { "parent", "fsck.vfat" },
        { "long name without its file", "fsck.vfat" },
        { "alias twice", "fsck.vfat" },
        { "circle", "fsck.vfat" },
        { "chain out of the volume", "fsck.vfat" },
        { "chain too long", "fsck.vfat" },
        { "folder with a size", "fsck.vfat" },
        { "start out of the volume", "fsck.vfat" },
        { "copy of the boot sector", "fsck.vfat" },
        { "bad character", "fsck.vfat" },
    };

    [ToolTheory("mkfs.vfat", "fsck.vfat", "mcopy")]
    [MemberData(nameof(Damages))]
    public void Every_damage_is_told(string damage, string judge)
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        foreach (var name in (string[])["first long name.txt", "second long name.txt", "folder/in it"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, name))!);
            File.WriteAllText(Path.Combine(tree, name), new string('t', 3000));
            File.SetLastWriteTimeUtc(Path.Combine(tree, name), DateTime.UnixEpoch.AddSeconds(1_600_000_000));
        }

        var volume = folder["volume"];
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-s", "1", "-C", volume, "40000");
        FatDisk.Mtools("mcopy", ["-s", "-m", "-i", volume, .. Directory.GetFileSystemEntries(tree), "::/"]).Succeeded();
        var expected = FatFiles.OfFolder(tree);
        Nothing.Wrong("a volume without a fault", FatJudge.Judge(volume, expected, null, askKernel: false));

        var image = File.ReadAllBytes(volume);
        Damage(damage, image, FatVolume.Open(new MemoryDisk(image)));
        File.WriteAllBytes(volume, image);
        var complaints = FatJudge.Judge(volume, expected, null, askKernel: false);
        Assert.True(complaints.Any(line => line.StartsWith(judge, StringComparison.Ordinal)), $"{damage}: {string.Join('\n', complaints)}");

        // What fsck.vfat sees, our own check sees too.
        if (judge == "fsck.vfat") Assert.True(complaints.Any(line => line.StartsWith("our own check", StringComparison.Ordinal)), $"{damage}: {string.Join('\n', complaints)}");
    }

    [ToolFact("mkfs.vfat", "fsck.vfat", "mcopy", VfatKernel.Tool, "busybox", "tar")]
    public void The_kernel_tells_other_content()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a file"], "text");
        var volume = folder["volume"];
        HostTool.RunOk("mkfs.vfat", "-C", volume, "2000");
        FatDisk.Mtools("mcopy", "-m", "-i", volume, folder["a file"], "::/").Succeeded();
        var expected = FatFiles.OfMtools(volume);
        Assert.Empty(expected.Compare(FatFiles.OfKernel(volume)));
        File.WriteAllText(folder["a file"], "next");
        FatDisk.Mtools("mcopy", "-m", "-o", "-i", volume, folder["a file"], "::/").Succeeded();
        Assert.Single(expected.Compare(FatFiles.OfKernel(volume)));
    }

    private static void Damage(string damage, byte[] image, FatVolume volume)
    {
        var info = volume.Info;
        var first = volume.Find("first long name.txt")!;
        var second = volume.Find("second long name.txt")!;
        var root = (int)info.ClusterOffset(info.RootCluster);
        switch (damage)
        {
            case "content":
                image[info.ClusterOffset(first.FirstCluster)] ^= 1;
                break;
            case "time":
                image[Slot("FIRSTL~1TXT") + 22] ^= 2;
                break;
            case "name":
                image[Slot("FIRSTL~1TXT") - 32 + 1] ^= 0x40;
                break;
            case "second FAT":
                image[info.FatOffset + info.FatLength + (4 * first.FirstCluster)] ^= 1;
                break;
            case "lost cluster":
                SetFat(20_000, 0x0FFFFFFF);
                break;
            case "cross-linked":
                SetFat(first.FirstCluster, second.FirstCluster);
                break;
            case "chain too short":
                SetFat(first.FirstCluster, 0x0FFFFFFF);
                break;
            case "circle":
                SetFat(first.FirstCluster + 1, first.FirstCluster);
                break;
            case "chain out of the volume":
                SetFat(first.FirstCluster, 0x00FFFFF0);
                break;
            case "chain too long":
                SetFat(first.FirstCluster + 5, 20_001);
                SetFat(20_001, 0x0FFFFFFF);
                break;
            case "folder with a size":
                image[Slot("FOLDER     ") + 28] = 1;
                break;
            case "start out of the volume":
                image[Slot("FIRSTL~1TXT") + 20] = 0xF0;
                break;
            case "copy of the boot sector":
                image[(6 * 512) + 36] ^= 1;
                break;
            case "bad character":
                image[Slot("FIRSTL~1TXT") + 2] = (byte)'*';
                break;
            case "free count":
                image[512 + 488] ^= 1;
                break;
            case "dirty":
                image[65] |= 1;
                break;
            case "parent":
                image[info.ClusterOffset(volume.Find("folder")!.FirstCluster) + 32 + 26] = 9;
                break;
            case "long name without its file":
                image[Slot("FIRSTL~1TXT")] = 0xE5;
                break;
            default:
                "FIRSTL~1TXT"u8.CopyTo(image.AsSpan(Slot("SECOND~1TXT")));
                break;
        }

        int Slot(string name) => root + image.AsSpan(root, info.ClusterSize).IndexOf(System.Text.Encoding.ASCII.GetBytes(name));

        void SetFat(uint cluster, uint value)
        {
            for (var fat = 0; fat < 2; fat++) BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan((int)(info.FatOffset + (fat * info.FatLength) + (4 * cluster))), value);
        }
    }
}
