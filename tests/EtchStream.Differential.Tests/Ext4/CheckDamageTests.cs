using System.Globalization;
using EtchStream.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Damage that e2fsck sees, our own check sees too; and what e2fsck takes for sound, ours does not call damaged.</summary>
public sealed class CheckDamageTests(ITestOutputHelper output)
{
    private const string Checksummed = "-t ext4 -b 1024 -O metadata_csum,64bit,^has_journal -I 256 -N 256";
    private const string Plain = "-t ext4 -b 1024 -O ^metadata_csum,^uninit_bg,^64bit,^has_journal -N 256";
    private const string Old = "-t ext2 -b 1024 -N 256";
    private static readonly Dictionary<string, Lazy<byte[]>> s_bases = new[] { Checksummed, Plain, Old }.ToDictionary(o => o, o => new Lazy<byte[]>(() => Make(o)));

    public static TheoryData<string> Damages =>
    [
        "clri /file", "clri /dir", "clri <2>", "clri /slow-link",
        "sif /file links_count 5", "sif /dir links_count 1", "sif <2> links_count 9", "sif /file mode 0", "sif /file mode 0040755",
        "sif /dir size 100", "sif /dir size 4096", "sif /file blocks 999", "sif /file dtime 12345", "sif /big size 1000", "sif /fast-link size 40", "sif /fast-link size 0",
        "sif /file file_acl 4097", "sif /file file_acl 99999999", "sif /big file_acl 600",
        "freei /file", "seti <250>", "unlink /file", "unlink /dir/sub", "link /file /second", "link /dir /dir-again", "rm /file\nlink <20> /gone",
        "freeb 400", "setb 7000 3", "ssv free_blocks_count 1", "ssv free_inodes_count 1",
        "set_bg 0 free_blocks_count 7", "set_bg 0 free_inodes_count 7", "set_bg 0 used_dirs_count 7", "set_bg 0 inode_table 5", "set_bg 0 block_bitmap 99999",
        "zap_block -f /dir -p 0x55 0", "zap_block -f /dir -o 12 -l 1 -p 0x0b 0", "zap_block -f /dir -o 0 -l 1 -p 0x0b 0", "zap_block -f /many -p 0 0", "zap_block -f /many -o 40 -l 8 -p 0xff 0", "zap_block -f /many -p 0 2",
    ];

    [ToolTheory("mke2fs", "e2fsck", "debugfs")]
    [MemberData(nameof(Damages))]
    public void Both_see(string commands)
    {
        using var folder = new TemporaryFolder();
        foreach (var options in s_bases.Keys)
        {
            var volume = Base(options, folder["damaged.img"]);
            File.WriteAllText(folder["commands"], commands + "\n");
            var script = HostTool.RunOk("debugfs", "-w", "-f", folder["commands"], volume.Path);
            var judged = volume.Check();
            Assert.True(judged.Count > 0, $"e2fsck sees nothing wrong ({options}): {script.Output} {script.Error}");
            var found = OurCheck.Of(volume);
            Assert.True(found.Any(f => f.StartsWith("error: ", StringComparison.Ordinal)), $"{options}: ours has {string.Join("; ", found)}; e2fsck: {string.Join("; ", judged)}");
        }
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void What_is_sound_is_called_sound()
    {
        using var folder = new TemporaryFolder();
        foreach (var options in s_bases.Keys)
        {
            var volume = Base(options, folder["sound.img"]);
            Assert.Empty(volume.Check());
            Assert.Empty(OurCheck.Of(volume));
        }
    }

    /// <summary>A block that two files have, by their first extents or block numbers.</summary>
    [ToolFact("mke2fs", "e2fsck", "debugfs")]
    public void A_block_of_two_files_is_seen()
    {
        using var folder = new TemporaryFolder();
        foreach (var options in s_bases.Keys)
        {
            var volume = Base(options, folder["damaged.img"]);
            var block = volume.DebugFs("bmap /big 0").Trim();
            volume.DebugFs($"sif /file block[{(options == Old ? "0" : options == Plain || options == Checksummed ? "5" : "0")}] {block}", write: true);
            Assert.NotEmpty(volume.Check());
            Assert.Contains(OurCheck.Of(volume), f => f.Contains($"has block {block}, which something else has too", StringComparison.Ordinal));
        }
    }

    /// <summary>A flipped bit anywhere in the first two MiB, which hold all of the metadata.</summary>
    [ToolFact("mke2fs", "e2fsck")]
    public void Flipped_bits_are_judged_as_e2fsck_judges_them()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20);
        var (seen, missed, sound, invented) = (0, new List<string>(), 0, new List<string>());
        var rounds = Soak.IsOn ? 3000 : 150;
        for (var i = 0; i < rounds; i++)
        {
            var options = s_bases.Keys.ElementAt(i % s_bases.Count);
            var bytes = (byte[])s_bases[options].Value.Clone();
            var (at, bit) = (random.Next(1024, 120 * 1024), random.Next(8));
            bytes[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(folder["flipped.img"], bytes);
            var volume = new Ext4Image(folder["flipped.img"], 0, bytes.Length);
            var judged = volume.Check();
            var found = OurCheck.Of(volume);
            var isDamaged = found.Any(f => f.StartsWith("error: ", StringComparison.Ordinal));
            var line = string.Create(CultureInfo.InvariantCulture, $"byte {at} bit {bit} of {options}: e2fsck: {string.Join("; ", judged)}; ours: {string.Join("; ", found)}");
            if (judged.Count > 0 && found.Count > 0) seen++;

            // That something could be smaller is no damage.
            else if (judged.Count > 0 && !judged[0].Contains("could be shorter", StringComparison.Ordinal)) missed.Add(line);

            // e2fsck does not compare the lists of the reserve's copies; the kernel does, when it is to grow the file system.
            else if (isDamaged && !found.All(f => f.Contains("the resize inode is wrong", StringComparison.Ordinal))) invented.Add(line);
            else sound++;
        }

        output.WriteLine($"{seen} seen by both, {sound} sound for both");
        Nothing.Wrong("damage that only e2fsck sees", missed);
        Nothing.Wrong("damage that e2fsck does not see", invented);
        Assert.True(seen > rounds / 10 && sound > rounds / 50, $"{seen} seen, {sound} sound");
    }

    private static Ext4Image Base(string options, string path)
    {
        File.WriteAllBytes(path, s_bases[options].Value);
        return new Ext4Image(path, 0, s_bases[options].Value.Length);
    }

    private static byte[] Make(string options)
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        Directory.CreateDirectory(Path.Combine(tree, "dir/sub"));
        Directory.CreateDirectory(Path.Combine(tree, "many"));
        File.WriteAllText(Path.Combine(tree, "file"), "content");
        File.WriteAllText(Path.Combine(tree, "dir/other"), "other");
        var big = new byte[600_000];
        new Random(1).NextBytes(big);
        File.WriteAllBytes(Path.Combine(tree, "big"), big);
        File.CreateSymbolicLink(Path.Combine(tree, "fast-link"), "file");
        File.CreateSymbolicLink(Path.Combine(tree, "slow-link"), new string('x', 200));
        for (var i = 0; i < 150; i++) File.WriteAllText(Path.Combine(tree, $"many/a-rather-long-name-so-that-there-are-several-blocks-{i}"), "");
        Ext4Image.Make(folder["base.img"], 0, 12 << 20, [.. options.Split(' '), "-d", tree]);

        // mke2fs makes no index of a folder that it fills; e2fsck does.
        HostTool.Run("e2fsck", "-f", "-y", "-D", folder["base.img"]);
        return File.ReadAllBytes(folder["base.img"]);
    }
}
