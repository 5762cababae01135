using EtchStream.Formats.Ext4.Checking;
using EtchStream.Formats.Fat.Checking;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Checking;

/// <summary>Whatever lies on the disk, a check ends, and what is wrong is a finding and no exception.</summary>
public sealed class CheckerFuzzTests
{
    private static readonly int s_rounds = Soak.IsOn ? 5000 : 150;

    [ToolTheory("mke2fs")]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg,^64bit,^has_journal -N 128")]
    [InlineData("-t ext4 -b 1024 -O metadata_csum,inline_data,^has_journal -I 256 -N 128")]
    [InlineData("-t ext2 -b 4096 -N 128")]
    [InlineData("-t ext4 -b 2048 -O meta_bg,^resize_inode,^metadata_csum,ea_inode -I 512")]
    public void Ext4(string options)
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        Directory.CreateDirectory(Path.Combine(tree, "many/sub"));
        for (var i = 0; i < 60; i++) File.WriteAllText(Path.Combine(tree, $"many/a-long-name-for-many-blocks-of-names-{i}"), "x");
        File.WriteAllBytes(Path.Combine(tree, "big"), new byte[400_000]);
        File.CreateSymbolicLink(Path.Combine(tree, "link"), new string('l', 100));
        Ext4Image.Make(folder["fs.img"], 0, 4 << 20, [.. options.Split(' '), "-d", tree]);
        var good = File.ReadAllBytes(folder["fs.img"]);
        Assert.Empty(Ext4Checker.Check(new MemoryDisk(good)));
        Fuzz(good, 300_000, bytes => Ext4Checker.Check(new MemoryDisk(bytes)).Count);
    }

    [ToolTheory("mkfs.vfat", "mcopy")]
    [InlineData("-F 12", 1000)]
    [InlineData("-F 16", 9000)]
    [InlineData("-F 32 -s 1", 40_000)]
    public void Fat(string options, int kibibytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a long name"], new string('x', 20_000));
        HostTool.RunOk("mkfs.vfat", ["-C", .. options.Split(' '), folder["fat.img"], $"{kibibytes}"]);
        for (var i = 0; i < 8; i++) HostTool.RunOk("mcopy", "-i", folder["fat.img"], folder["a long name"], $"::another long name {i}");
        HostTool.RunOk("mmd", "-i", folder["fat.img"], "::folder");
        var good = File.ReadAllBytes(folder["fat.img"]);
        Assert.Empty(FatChecker.Check(new MemoryDisk(good)));

        // Both FATs of the largest take 640 KiB; the root directory lies behind.
        Fuzz(good, kibibytes > 10_000 ? 700_000 : 60_000, bytes => FatChecker.Check(new MemoryDisk(bytes)).Count);
    }

    private static void Fuzz(byte[] good, int reach, Func<byte[], int> check)
    {
        var random = new Random(9);
        var found = 0;
        for (var i = 0; i < s_rounds; i++)
        {
            var bytes = (byte[])good.Clone();

            // Few changes reach deep, many break the beginning; words of all ones are the limits that overflow.
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                var at = random.Next(i % 3 == 0 ? 4096 : reach);
                bytes.AsSpan(at, random.Next(1, 9)).Fill(random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) });
            }

            if (check(bytes) > 0) found++;
        }

        Assert.InRange(found, s_rounds / 10, s_rounds);
    }
}
