using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>
/// File systems, made by the real tools, that must not be written: the program says which feature of which partition, and leaves
/// no output.
/// </summary>
public sealed class RefusalTests
{
    public static TheoryData<string, string> Features => new()
    {
        { "-O bigalloc -C 16384", "bigalloc" },
        { "-O encrypt", "encrypt" },
        { "-O casefold", "casefold" },
        { "-O verity", "verity" },
        { "-O quota", "quota" },
        { "-O project,quota", "quota" },
        { "-O mmp", "mmp" },
    };

    public static TheoryData<string, string, int> SuperblockFields => new()
    {
        { "set_super_value state 2", "error", 3 },
        { "set_super_value feature_incompat 0x40000242", "0x40000000", 4 },
        { "set_super_value feature_ro_compat 0x80000063", "0x80000000", 4 },
    };

    [ToolTheory("mke2fs", "tar")]
    [MemberData(nameof(Features))]
    public void A_feature_that_is_not_supported_is_named(string options, string feature)
    {
        using var folder = new TemporaryFolder();
        Refuses(folder, Make(folder, options), feature);
    }

    [ToolTheory("mke2fs", "debugfs", "tar")]
    [MemberData(nameof(SuperblockFields))]
    public void A_file_system_with_errors_or_from_the_future_is_left_alone(string command, string text, int exitCode)
    {
        using var folder = new TemporaryFolder();
        var volume = Make(folder, "-O ^64bit,^metadata_csum,^flex_bg,^resize_inode,^huge_file");
        volume.DebugFs(command, write: true);
        Refuses(folder, volume, text, exitCode);
    }

    [ToolFact("mke2fs", "tar", RequiresRoot = true)]
    public void A_journal_that_was_not_replayed_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        var volume = Make(folder, "");
        using (var mount = LoopMount.Open(volume, readOnly: false))
        {
            // What a device whose power failed leaves: copied while mounted.
            File.WriteAllText(Path.Combine(mount.Path, "file"), "text");
            HostTool.RunOk("sync", "-f", mount.Path);
            HostTool.RunOk("cp", "--sparse=always", volume.Path, folder["dirty.img"]);
        }

        Refuses(folder, volume.In(folder["dirty.img"]), "journal");
    }

    [ToolFact("mke2fs", "tar", RequiresRoot = true)]
    public void A_journal_on_another_device_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        var journal = Ext4Image.Make(folder["journal.img"], 0, 8 << 20, "-O", "journal_dev", "-b", "4096");
        using var device = LoopDevice.Open(journal.Path, readOnly: false);
        Refuses(folder, Make(folder, $"-b 4096 -J device={device.Path}"), "journal");
    }

    [ToolFact("mke2fs", "tar")]
    public void A_full_partition_says_so()
    {
        using var folder = new TemporaryFolder();
        var volume = Make(folder, "");
        var tree = folder.MakeFolder("tree");
        File.WriteAllBytes(Path.Combine(tree, "large"), Enumerable.Repeat((byte)1, 40 << 20).ToArray());
        GnuTar.Pack(folder["payload.tar"], tree, "inject/1");
        var result = Unpack(folder, volume, "--grow", "none");
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("partition 1", result.Error, StringComparison.OrdinalIgnoreCase);
        AssertNothingLeft(folder);
    }

    [ToolFact("mke2fs", "tar")]
    public void Too_few_inodes_say_so()
    {
        using var folder = new TemporaryFolder();
        var volume = Make(folder, "-N 64");
        var tree = folder.MakeFolder("tree");
        for (var i = 0; i < 100; i++) File.WriteAllText(Path.Combine(tree, $"{i}"), "");
        GnuTar.Pack(folder["payload.tar"], tree, "inject/1");
        var result = Unpack(folder, volume, "--grow", "none");
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("inode", result.Error, StringComparison.OrdinalIgnoreCase);
        AssertNothingLeft(folder);
    }

    private static Ext4Image Make(TemporaryFolder folder, string options)
    {
        var spec = DiskImages.OnePartition(folder["disk.img"], 32 << 20);
        return Ext4Image.Make(folder["disk.img"], spec.Start, spec.Length, ["-t", "ext4", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static HostToolResult Unpack(TemporaryFolder folder, Ext4Image volume, params string[] options)
    {
        var archive = HandMadeArchive.Make(folder["test.tar"], volume.Path, folder["payload.tar"]);
        folder.MakeFolder("out");
        return OurCommandLine.Run(["unpack", archive, folder["out/result.img"], .. options]);
    }

    private static void Refuses(TemporaryFolder folder, Ext4Image volume, string text, int exitCode = 4)
    {
        var tree = folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "hello"), "hello");
        GnuTar.Pack(folder["payload.tar"], tree, "inject/1");
        var result = Unpack(folder, volume);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains(text, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("partition 1", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        AssertNothingLeft(folder);
    }

    private static void AssertNothingLeft(TemporaryFolder folder) => Assert.Empty(Directory.GetFileSystemEntries(folder["out"]));
}
