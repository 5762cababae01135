using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>FAT partitions by the command line, as users have them.</summary>
public class FatCommandTests
{
    [ToolFact("mkfs.vfat", "fsck.vfat", "mcopy", "sfdisk")]
    public void A_file_is_put_on_the_boot_partition()
    {
        using var folder = new TemporaryFolder();
        var disk = FatDisk.Make(folder["disk.img"], "-F 16 -s 4", 40_000, FatPasts.BootFiles);
        var before = FatFiles.OfMtools(disk.Extract(folder["before"]));
        var payload = folder.MakeFolder("payload");
        File.WriteAllText(folder["payload/config.json"], """{"applicationId":1}""");
        File.SetLastWriteTimeUtc(folder["payload/config.json"], DateTime.UnixEpoch.AddSeconds(1_700_000_000));
        OurCommandLine.Run("pack", "--image", disk.Image, "--inject", $"resin-boot:/config.json={folder["payload/config.json"]}", "--inject", $"1:/system-connections/static={folder["payload/config.json"]}", "-o", folder["a.tar"]).Succeeded();
        OurCommandLine.Run("unpack", folder["a.tar"], folder["out.img"]).Succeeded();
        Directory.CreateDirectory(folder["payload/system-connections"]);
        File.Copy(folder["payload/config.json"], folder["payload/system-connections/static"]);
        var volume = (disk with { Image = folder["out.img"] }).Extract(folder["after"]);
        Nothing.Wrong("out.img", FatJudge.Judge(volume, before.With(FatFiles.OfFolder(payload)), null, askKernel: false));
    }

    [ToolFact("mkfs.vfat", "tar")]
    public void A_full_root_folder_says_so()
    {
        using var folder = new TemporaryFolder();
        var disk = FatDisk.Make(folder["disk.img"], "-F 16 -r 64", 40_000);
        var tree = folder.MakeFolder("tree");
        for (var i = 0; i < 22; i++) File.WriteAllText(Path.Combine(tree, $"a name of two {i}"), "");
        Refuses(folder, disk, tree, 5, "the root folder of a FAT16 file system has a fixed size, here 64 entries, and is full");
    }

    [ToolFact("mkfs.vfat", "tar")]
    public void A_volume_that_was_not_unmounted_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        var disk = FatDisk.Make(folder["disk.img"], "-F 16", 40_000, volume =>
        {
            using var file = File.OpenHandle(volume, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.Write(file, [1], 0x25);
        });
        var tree = folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "a"), "");
        Refuses(folder, disk, tree, 4, "dirty");
        Assert.Contains("dirty", OurCommandLine.Run("inspect", disk.Image).Succeeded().Output, StringComparison.Ordinal);
    }

    [ToolTheory("mkfs.vfat", "tar", "setfattr", RequiresRoot = true)]
    [InlineData("ln -s x tree/link", "link", "symbolic link")]
    [InlineData("echo > tree/one; ln tree/one tree/two", "two", "hard link")]
    [InlineData("mkfifo tree/pipe", "pipe", "pipes")]
    [InlineData("echo > tree/file; setfattr -n user.name -v x tree/file", "file", "user.name")]
    [InlineData("echo > 'tree/a:b'", "a:b", "':'")]
    [InlineData("echo > tree/Name; echo > tree/name", "name", "no difference")]
    [InlineData("truncate -s 4G tree/large", "large", "4 GiB less one")]
    public void What_FAT_cannot_hold_is_named(string commands, string path, string problem)
    {
        using var folder = new TemporaryFolder();
        var disk = FatDisk.Make(folder["disk.img"], "-F 16", 40_000);
        var tree = folder.MakeFolder("tree");
        HostTool.Run(new HostToolCall("sh", "-ec", commands) { WorkingDirectory = folder.FullPath }).Succeeded();
        Refuses(folder, disk, tree, 4, path);
        Refuses(folder, disk, tree, 4, problem.Trim('\''));
    }

    private static void Refuses(TemporaryFolder folder, FatDisk disk, string tree, int exitCode, string text)
    {
        var archive = HandMadeArchive.Make(folder["a.tar"], disk.Image, FatPayload.Pack(folder["payload.tar"], tree));
        var output = folder.MakeFolder("out");
        var result = OurCommandLine.Run("unpack", archive, Path.Combine(output, "out.img"));
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
        Assert.Contains("partition 1", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(Directory.GetFileSystemEntries(output));
    }
}
