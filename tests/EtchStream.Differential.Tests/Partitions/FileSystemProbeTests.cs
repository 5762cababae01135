using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Partitions;

/// <summary>File systems made by their own tools, told by us and by blkid.</summary>
public sealed class FileSystemProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [ToolTheory("mke2fs", "blkid")]
    [InlineData("ext2", "-t ext2 -L two")]
    [InlineData("ext2", "-t ext2 -r 0")]
    [InlineData("ext3", "-t ext3 -L three")]
    [InlineData("ext4", "-t ext4 -L a-label-of-16-by")]
    [InlineData("ext4", "-t ext4 -O ^has_journal")]
    [InlineData("ext4", "-t ext4 -b 1024 -O ^metadata_csum,uninit_bg")]
    [InlineData("ext4", "-t ext3 -O extent")]
    [InlineData("jbd", "-O journal_dev -L journal")]
    public void Ext_file_systems_are_told_apart_as_blkid_does(string expected, string options) =>
        Compare(expected, 16L << 20, "mke2fs", ["-q", "-F", .. options.Split(' ')]);

    [ToolTheory("mkfs.vfat", "blkid")]
    [InlineData("fat12", 2, "-F 12 -n TWELVE")]
    [InlineData("fat16", 40, "-n resin-boot -S 512")]
    [InlineData("fat16", 40, "-F 16 -S 512")]
    [InlineData("fat16", 200, "-F 16 -s 16 -r 1024 -n sixteen")]
    [InlineData("fat32", 80, "-F 32 -n THIRTY-TWO")]
    [InlineData("fat32", 400, "-F 32 -s 8 -S 4096")]
    [InlineData("fat32", 80, "-F 32 -I -i 0000beef")]
    public void FAT_volumes_are_told_apart_as_blkid_does(string expected, int mebibytes, string options) =>
        Compare(expected, (long)mebibytes << 20, "mkfs.vfat", options.Split(' '));

    [ToolTheory("mkswap", "blkid")]
    [InlineData("-L swap")]
    [InlineData("-p 4096 -U 11111111-2222-3333-4444-555555555555")]
    [InlineData("-p 65536 -L big-pages")]
    public void Swap_is_told(string options) => Compare("swap", 8L << 20, "mkswap", ["-q", .. options.Split(' ')]);

    [ToolFact("mkfs.exfat", "blkid")]
    public void ExFat_is_told() => Compare("exfat", 16L << 20, "mkfs.exfat", ["-L", "exf-lbl"]);

    [ToolFact("mkfs.xfs", "blkid")]
    public void Xfs_is_told() => Compare("xfs", 320L << 20, "mkfs.xfs", ["-q", "-L", "xfs-label"]);

    [ToolFact("mkfs.btrfs", "blkid")]
    public void Btrfs_is_told() => Compare("btrfs", 128L << 20, "mkfs.btrfs", ["-q", "-L", "btrfs label"]);

    [ToolFact("mkfs.f2fs", "blkid")]
    public void F2fs_is_told() => Compare("f2fs", 64L << 20, "mkfs.f2fs", ["-q", "-l", "f2fs-label"]);

    [ToolFact("cryptsetup", "blkid")]
    public void Luks_is_told()
    {
        File.WriteAllText(_folder["key"], "secret");
        foreach (var version in new[] { "luks1", "luks2" })
        {
            var image = Image(32L << 20);
            HostTool.RunOk("cryptsetup", "luksFormat", "-q", "--type", version, "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", image, _folder["key"]);
            CompareWithBlkid("luks", image);
        }
    }

    [ToolFact("mksquashfs", "mkfs.erofs", "blkid")]
    public void Squashfs_and_erofs_are_told()
    {
        var content = _folder.MakeFolder("content");
        File.WriteAllText(Path.Combine(content, "file"), "x");
        HostTool.RunOk("mksquashfs", content, _folder["squash"], "-quiet");
        CompareWithBlkid("squashfs", _folder["squash"]);
        HostTool.RunOk("mkfs.erofs", "-U", "11111111-2222-3333-4444-555555555555", _folder["erofs"], content);
        CompareWithBlkid("erofs", _folder["erofs"]);
    }

    [ToolFact("mke2fs", "mkfs.vfat", "mkswap", "blkid")]
    public void What_one_file_system_leaves_behind_does_not_hide_the_next()
    {
        var image = Image(64L << 20);
        string[][] order = [["mkfs.vfat", "-F", "16"], ["mke2fs", "-q", "-F", "-t", "ext4"], ["mkfs.vfat", "-F", "32"], ["mkswap", "-q"], ["mke2fs", "-q", "-F", "-t", "ext2"], ["mkfs.vfat", "-F", "16", "-s", "8"]];
        string[] expected = ["fat16", "ext4", "fat32", "swap", "ext2", "fat16"];
        for (var i = 0; i < order.Length; i++)
        {
            HostTool.RunOk(order[i][0], [.. order[i][1..], image]);
            CompareWithBlkid(expected[i], image);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Compare(string expected, long length, string tool, string[] options)
    {
        var image = Image(length);
        HostTool.RunOk(tool, [.. options, image]);
        CompareWithBlkid(expected, image);
    }

    private static void CompareWithBlkid(string expected, string image)
    {
        using var disk = FileDisk.OpenRead(image);
        var ours = FileSystemProbe.Identify(disk);
        var theirs = HostTool.RunOk("blkid", "-p", "-o", "export", image).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Replace("\\ ", " ", StringComparison.Ordinal), StringComparer.Ordinal);

        Assert.Equal(expected, ours.Type);
        Assert.Equal(theirs["TYPE"], ours.Type switch { "luks" => "crypto_LUKS", "fat12" or "fat16" or "fat32" => "vfat", var same => same });
        if (ours.IsFat) Assert.Equal(theirs["VERSION"], ours.Type!.ToUpperInvariant());
        Assert.Equal(theirs.GetValueOrDefault("LABEL"), ours.Label);
        Assert.Equal(theirs.GetValueOrDefault("UUID"), ours.Uuid);
    }

    private string Image(long length)
    {
        var path = _folder["disk.img"];
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    }
}
