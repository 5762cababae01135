using System.Globalization;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>What has no room in the last partition makes the image grow while it is unpacked, from a pipe and without a size in advance.</summary>
public sealed class UnpackGrowthTests
{
    private const long MiB = 1 << 20;

    [ToolTheory("mke2fs", "e2fsck", "mkfs.vfat", "sfdisk", "sgdisk", "sh", RequiresRoot = true)]
    [InlineData(false, "few large")]
    [InlineData(true, "few large")]
    [InlineData(false, "many small")]
    [InlineData(true, "many small")]
    public void A_pipe_needs_no_size(bool gpt, string kind)
    {
        using var folder = new TemporaryFolder();
        var data = BalenaDisk.Make(folder["disk.img"], gpt, 24 * MiB);
        var tree = MakeTree(folder, kind);
        Run(folder, $"pack --image disk.img --inject resin-data:/app=tree -o - | $0 unpack - out.img");
        var image = folder["out.img"];
        var volume = data with { Path = image, Length = End(image) - data.Offset };
        Nothing.Wrong("complaints of e2fsck", volume.Check());
        Nothing.Wrong("findings of our own check", [.. OurCommandLine.Run("check", image).Output.Split('\n').Where(l => l.StartsWith("error", StringComparison.Ordinal) || l.StartsWith("warning", StringComparison.Ordinal))]);
        Verify(image, gpt);
        using (var mount = LoopMount.Open(volume)) HostTool.RunOk("diff", "-r", tree, Path.Combine(mount.Path, "app"));

        // No larger than it takes, with the headroom: 64 MiB here, and what lies between two multiples of 4 MiB.
        // How many inodes a group brings was decided when the file system was made: many files take many groups.
        if (kind == "few large") Assert.InRange(volume.Summarize().FreeBlocks * 4096, 64 * MiB, (64 + 4 + 4) * MiB);
        else Assert.InRange(volume.Summarize().FreeInodes, 10, 2 * long.Parse(volume.Summarize().Header["Inodes per group"], CultureInfo.InvariantCulture));
        Assert.Equal(0, (data.Offset + volume.Length) % (4 * MiB));

        // The same bytes on every run.
        Run(folder, $"pack --image disk.img --inject resin-data:/app=tree -o - | $0 unpack - again.img");
        HostTool.RunOk("cmp", image, folder["again.img"]);
    }

    [ToolFact("mke2fs", "e2fsck", "mkfs.vfat", "sh")]
    public void Sizes_and_headroom_are_what_was_asked_for()
    {
        using var folder = new TemporaryFolder();
        var data = BalenaDisk.Make(folder["disk.img"], gpt: false, 24 * MiB);
        MakeTree(folder, "few large");
        Run(folder, "pack --image disk.img --inject resin-data:/app=tree -o a.tar");
        Run(folder, "unpack a.tar out.img --headroom 200M");
        Assert.InRange((data with { Path = folder["out.img"], Length = End(folder["out.img"]) - data.Offset }).Summarize().FreeBlocks * 4096, 200 * MiB, 208 * MiB);
        Run(folder, "unpack a.tar fixed.img --grow 1G");
        Assert.Equal(1 << 30, new FileInfo(folder["fixed.img"]).Length);
        Assert.Equal(1 << 30, End(folder["fixed.img"]));
        Nothing.Wrong("complaints of e2fsck", (data with { Path = folder["fixed.img"], Length = (1 << 30) - data.Offset }).Check());

        // Also with nothing to put in.
        Run(folder, "pack --image disk.img -o empty.tar");
        Run(folder, "unpack empty.tar empty.img --grow 700M");
        Assert.Equal(700 * MiB, new FileInfo(folder["empty.img"]).Length);
        Nothing.Wrong("complaints of e2fsck", (data with { Path = folder["empty.img"], Length = (700 * MiB) - data.Offset }).Check());
        Run(folder, "unpack empty.tar plain.img");
        HostTool.RunOk("cmp", folder["disk.img"], folder["plain.img"]);

        Fails(folder, 5, "--grow none forbids it", "unpack", folder["a.tar"], folder["x.img"], "--grow", "none");
        Fails(folder, 5, "--grow fixes its size", "unpack", folder["a.tar"], folder["x.img"], "--grow", "120M");
        Fails(folder, 5, "is to have 1048576", "unpack", folder["a.tar"], folder["x.img"], "--grow", "1M");
        Fails(folder, 2, "--grow 'much'", "unpack", folder["a.tar"], folder["x.img"], "--grow", "much");
        Fails(folder, 2, "--headroom ''", "unpack", folder["a.tar"], folder["x.img"], "--headroom", "");
        Fails(folder, 2, "--headroom goes with", "unpack", folder["a.tar"], folder["x.img"], "--grow", "1G", "--headroom", "1M");
    }

    [ToolFact("mke2fs", "mkfs.vfat", "sh")]
    public void What_cannot_grow_is_told_with_its_reason()
    {
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt: false, 24 * MiB);
        MakeTree(folder, "few large");
        Run(folder, "pack --image disk.img --inject resin-state:/app=tree -o a.tar");
        Fails(folder, 5, "partition 6 lies behind it", "unpack", folder["a.tar"], folder["x.img"]);

        var spec = DiskImages.OnePartition(folder["one.img"], 40 * MiB);
        Ext4Image.Make(folder["one.img"], spec.Start, spec.Length, "-t", "ext4", "-b", "4096", "-O", "^resize_inode");
        Run(folder, "pack --image one.img --inject 1:/app=tree -o b.tar");
        Run(folder, "unpack b.tar grown.img");
        Nothing.Wrong("complaints of e2fsck", new Ext4Image(folder["grown.img"], spec.Start, End(folder["grown.img"]) - spec.Start).Check());
    }

    /// <summary>A partition in the middle that is nearly full asks for room, gets none, and needs none; the last one grows all the same.</summary>
    [ToolFact("mke2fs", "e2fsck", "mkfs.vfat", "sh")]
    public void A_full_partition_in_the_middle_does_not_keep_the_last_one_from_growing()
    {
        using var folder = new TemporaryFolder();
        var data = BalenaDisk.Make(folder["disk.img"], gpt: false, 24 * MiB);
        MakeTree(folder, "few large");
        using (var disk = Formats.IO.FileDisk.OpenRead(folder["disk.img"]))
        {
            var state = Formats.Partitions.PartitionFinder.Find(Formats.Partitions.PartitionTable.Read(disk), disk, "resin-state");
            var summary = new Ext4Image(folder["disk.img"], state.Start, state.Length).Summarize();
            File.WriteAllBytes(folder["filler"], new byte[(summary.FreeBlocks - 3) * long.Parse(summary.Header["Block size"], CultureInfo.InvariantCulture)]);
        }

        Run(folder, "pack --image disk.img --inject resin-state:/filler=filler --inject resin-data:/app=tree -o a.tar");
        Run(folder, "unpack a.tar out.img");
        Nothing.Wrong("complaints of e2fsck", (data with { Path = folder["out.img"], Length = End(folder["out.img"]) - data.Offset }).Check());
    }

    [ToolFact("mke2fs", "mount", "umount", RequiresRoot = true)]
    public void A_host_without_room_ends_the_run_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt: false, 24 * MiB);
        MakeTree(folder, "few large");
        Run(folder, "pack --image disk.img --inject resin-data:/app=tree -o a.tar");
        var small = Ext4Image.Make(folder["small.img"], 0, 100 * MiB, "-t", "ext4", "-m", "0");
        using var mount = LoopMount.Open(small, readOnly: false);
        var result = OurCommandLine.Run("unpack", folder["a.tar"], Path.Combine(mount.Path, "out.img"));
        Assert.Equal(5, result.ExitCode);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["lost+found"], Directory.GetFileSystemEntries(mount.Path).Select(p => Path.GetFileName(p)!));
    }

    private static void Fails(TemporaryFolder folder, int code, string expected, params string[] arguments)
    {
        var result = OurCommandLine.Run(arguments);
        Assert.True(code == result.ExitCode, $"{string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}");
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["x.img"]));
    }

    private static void Run(TemporaryFolder folder, string command)
    {
        var program = EtchStreamProgram.Path;
        HostTool.RunOk("sh", "-c", $"cd \"$1\" && set -e && $0 {command}", program, folder.FullPath);
    }

    private static long End(string image)
    {
        using var disk = Formats.IO.FileDisk.OpenRead(image);
        return Formats.Partitions.PartitionTable.Read(disk).Partitions.Where(p => !p.IsExtended).Max(p => p.End);
    }

    private static void Verify(string image, bool gpt)
    {
        var verify = HostTool.Run("sfdisk", "--verify", image);
        Assert.True(verify.ExitCode == 0, verify.Output + verify.Error);
        if (gpt) Assert.Contains("No problems found", HostTool.RunOk("sgdisk", "-v", image).Output, StringComparison.Ordinal);
    }

    private static string MakeTree(TemporaryFolder folder, string kind)
    {
        var tree = folder.MakeFolder("tree");
        var content = new byte[kind == "few large" ? 30_000_000 : 1500];
        new Random(1).NextBytes(content);
        for (var i = 0; i < (kind == "few large" ? 8 : 25_000); i++)
        {
            var name = Path.Combine(tree, string.Create(CultureInfo.InvariantCulture, $"{i % 100}/{i}"));
            if (i < 100) Directory.CreateDirectory(Path.GetDirectoryName(name)!);
            content[0] = (byte)i;
            File.WriteAllBytes(name, content);
        }

        return tree;
    }
}
