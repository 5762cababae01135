using System.Globalization;
using System.Text.RegularExpressions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>The judge judged: the kernel's own work passes, damaged work does not.</summary>
public sealed partial class KernelBaselineTests
{
    private static readonly string[] Sample = ["ext4 1 KiB, used before", "ext4, inline_data"];

    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.All.Where(c =>
        Soak.IsOn ? !c.Name.StartsWith("soak", StringComparison.Ordinal) : Sample.Contains(c.Name)));

    public static TheoryData<string, string> Damages => new()
    {
        { "freeb 2000 1", "e2fsck: Block bitmap differences" },
        { "freei <13>", "e2fsck: " },
        { "set_super_value free_blocks_count 77", "dumpe2fs: free blocks: 77 in the superblock" },
        { "set_super_value free_inodes_count 77", "dumpe2fs: free inodes: 77 in the superblock" },
        { "set_block_group 0 free_blocks_count 5", "e2fsck: " },
        { "set_inode_field /sizes/0065536 mode 0100600", "/sizes/0065536: mode should be 644, is 600" },
        { "set_inode_field /sizes/0065536 uid 5", "/sizes/0065536: user should be 0, is 5" },
        { "set_inode_field /sizes/0065536 mtime @7", "/sizes/0065536: mtime should be" },
        { "set_inode_field /sizes/0065536 size 65535", "/sizes/0065536: size should be 65536, is 65535" },
        { "set_inode_field /sizes/0065536 links_count 2", "e2fsck: " },
        { "set_inode_field /flat flags 0x80000", "/flat: has no index" },
        { "set_inode_field /devices/char-1-3 block[0] 0x104", "/devices/char-1-3: device should be (1, 3), is (1, 4)" },
        { "ea_rm /xattrs/small user.a", "/xattrs/small: xattr user.a is missing" },
        { "unlink /sizes/0000001", "/sizes/0000001: is missing" },
        { "rm /sizes/0000001", "/sizes/0000001: is missing" },
        { "mkdir /extra", "/extra: should not be there (Directory)" },
        { "mknod extra p", "/extra: should not be there (Fifo)" },
        { "zap_block -f /sizes/0065536 -p 0x41 3", "/sizes/0065536: content differs" },
        { "zap_block -f /flat -p 0x55 1", "e2fsck: " },
    };

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public async Task The_kernels_own_work_passes(string name)
    {
        var c = FileSystemCases.Get(name);
        Nothing.Wrong(name, await MatrixRunner.RunAsync(c, Unpackers.Kernel(c), twice: false));
    }

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    [MemberData(nameof(Damages))]
    public void Damage_of_every_kind_is_found(string command, string complaint)
    {
        using var folder = new TemporaryFolder();
        var (before, kernel) = Good.Value;
        HostTool.RunOk("cp", "--sparse=always", kernel.Path, folder["damaged.img"]);
        var damaged = kernel.In(folder["damaged.img"]);
        damaged.DebugFs(command, write: true);
        Assert.Contains(FileSystemJudge.Judge(before, kernel, damaged), line => line.Contains(complaint, StringComparison.Ordinal));
    }

    [ToolFact("mke2fs", "e2fsck", "dumpe2fs", "debugfs", "tar", RequiresRoot = true)]
    public void A_flipped_bit_of_metadata_or_of_another_partition_is_found()
    {
        using var folder = new TemporaryFolder();
        var (before, kernel) = Good.Value;
        var block = int.Parse(BitmapBlock().Match(HostTool.RunOk("dumpe2fs", kernel.Location).Output).Groups[1].Value, CultureInfo.InvariantCulture);
        foreach (var (offset, complaint) in new (long, string)[] { (kernel.Offset + (block * 4096L) + 700, "e2fsck: "), (100, "byte 100 outside the partition"), (kernel.Offset - 1, "outside the partition"), (kernel.Offset + kernel.Length + 5, "outside the partition") })
        {
            HostTool.RunOk("cp", "--sparse=always", kernel.Path, folder["damaged.img"]);
            using (var file = File.OpenHandle(folder["damaged.img"], FileMode.Open, FileAccess.ReadWrite))
            {
                var one = new byte[1];
                RandomAccess.Read(file, one, offset);
                one[0] ^= 4;
                RandomAccess.Write(file, one, offset);
            }

            Assert.Contains(FileSystemJudge.Judge(before, kernel, kernel.In(folder["damaged.img"])), line => line.Contains(complaint, StringComparison.Ordinal));
        }
    }

    private static readonly Lazy<(Ext4Image Before, Ext4Image Kernel)> Good = new(() =>
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var c = new FileSystemCase("good", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum");
        var before = c.Make(folder["before.img"]);
        HostTool.RunOk("cp", "--sparse=always", before.Path, folder["kernel.img"]);
        KernelUnpack.Into(before.In(folder["kernel.img"]), c.Partition, c.Archives());
        return (before, before.In(folder["kernel.img"]));
    });

    [GeneratedRegex(@"Block bitmap at (\d+)", RegexOptions.None, 10_000)]
    private static partial Regex BitmapBlock();
}
