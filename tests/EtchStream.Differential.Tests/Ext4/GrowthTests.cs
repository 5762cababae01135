using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>
/// File systems of every make are grown, and judged: by e2fsck, by dumpe2fs against what resize2fs makes of a copy, by the kernel, and by
/// writing into them what did not fit before.
/// </summary>
public sealed partial class GrowthTests
{
    private const string Balena = "-t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -T default -b 4096 -i 8192";

    /// <summary>Options of mke2fs, MiB before, MiB after (KiB where it ends in k).</summary>
    public static TheoryData<string, string, string> Cases()
    {
        var data = new TheoryData<string, string, string>();
        string[] kinds =
        [
            "-t ext4", Balena, "-t ext3", "-t ext2", "-t ext4 -b 1024", "-t ext4 -b 2048", "-t ext2 -b 1024", "-t ext3 -b 1024 -I 128",
            "-t ext4 -O ^64bit", "-t ext4 -O 64bit", "-t ext4 -O ^flex_bg", "-t ext4 -G 4 -b 1024", "-t ext4 -O ^metadata_csum,uninit_bg", "-t ext4 -O ^metadata_csum,^uninit_bg",
            "-t ext4 -O metadata_csum,metadata_csum_seed", "-t ext4 -O meta_bg,^resize_inode", "-t ext4 -O meta_bg,^resize_inode -b 1024", "-t ext4 -O ^extents,^64bit", "-t ext4 -O ^has_journal", "-t ext4 -I 128",
            "-t ext4 -i 4096 -b 1024", "-t ext4 -i 65536", "-t ext4 -b 4096 -O ^sparse_super,^flex_bg,^resize_inode", "-t ext4 -m 0", "-t ext4 -m 10", "-t ext4 -E lazy_itable_init=1", "-t ext4 -O ^flex_bg,^metadata_csum,uninit_bg -b 1024",
        ];
        foreach (var kind in kinds)
        {
            data.Add(kind, "64", "300");
            data.Add(kind, "100", "1000");
        }

        foreach (var (before, after) in ((string, string)[])[("64", "65"), ("64", "66052k"), ("100", "128"), ("100", "129"), ("128", "132"), ("64", "8192"), ("200", "20000")]) data.Add("-t ext4", before, after);
        data.Add("-t ext4 -b 4096", "1024", "1000000");
        data.Add("-t ext2 -O ^sparse_super,^resize_inode -b 1024", "64", "240");
        foreach (var (before, after) in ((string, string)[])[("16", "17"), ("8", "64"), ("8", "16388k"), ("24", "900")]) data.Add("-t ext4 -b 1024", before, after);
        data.Add(Balena, "1024", "32768");
        data.Add("-t ext4 -E resize=600000", "128", "560");
        return data;
    }

    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", "resize2fs", "debugfs")]
    [MemberData(nameof(Cases))]
    public void It_is_what_resize2fs_makes_and_takes_more(string options, string before, string after)
    {
        using var folder = new TemporaryFolder();
        var image = folder["grown.img"];
        var tree = MakeTree(folder);
        Ext4Image.Make(image, 0, Bytes(before), [.. options.Split(' '), "-d", tree]);
        HostTool.RunOk("cp", "--sparse=always", image, folder["resized.img"]);
        SetLength(image, Bytes(after));
        SetLength(folder["resized.img"], Bytes(after));
        var volume = new Ext4Image(image, 0, Bytes(after));
        Assert.Empty(volume.Check());

        HostTool.RunOk("resize2fs", "-f", folder["resized.img"]);
        Grow(image, Bytes(after), writer => { });
        Nothing.Wrong("complaints of e2fsck", volume.Check());
        Nothing.Wrong("findings of our own check", OurCheck.Of(volume));
        Assert.Equal(Geometry(folder["resized.img"]), Geometry(image));

        // What did not fit before; and every inode of the old size is not enough.
        var room = Math.Min(Bytes(after) - Bytes(before), 40 << 20) / 2;
        var content = new byte[room];
        new Random(3).NextBytes(content);
        Grow(image, Bytes(after), writer =>
        {
            Put(writer.Writer, writer.Disk, "new/large", content);
            for (var i = 0; i < 200; i++) Put(writer.Writer, writer.Disk, $"new/small-{i}", content.AsSpan(i * 10, 1000));
        });
        Nothing.Wrong("complaints of e2fsck after more files", volume.Check());
        Assert.Equal(Convert.ToHexString(SHA256.HashData(content)), Hash(image, "new/large"));
        foreach (var path in (string[])["etc/one", "big", "many/file-77"]) Assert.Equal(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(tree, path)))), Hash(image, path));
    }

    [ToolTheory("mke2fs", "e2fsck", "resize2fs", RequiresRoot = true)]
    [InlineData("-t ext4", 64, 700)]
    [InlineData(Balena, 256, 3000)]
    [InlineData("-t ext4 -b 1024", 30, 500)]
    [InlineData("-t ext2", 64, 700)]
    [InlineData("-t ext4 -O ^metadata_csum,uninit_bg", 64, 700)]
    [InlineData("-t ext4 -O meta_bg,^resize_inode -b 1024", 64, 700)]
    public void The_kernel_mounts_it_and_works_with_it_and_grows_it_on(string options, int before, int after)
    {
        using var folder = new TemporaryFolder();
        var image = folder["grown.img"];
        Ext4Image.Make(image, 0, (long)before << 20, [.. options.Split(' '), "-d", MakeTree(folder)]);
        SetLength(image, (long)after << 20);
        Grow(image, (long)after << 20, writer => Put(writer.Writer, writer.Disk, "new/file", new byte[30 << 20]));
        var volume = new Ext4Image(image, 0, (long)after << 20);
        using (var mount = LoopMount.Open(volume, readOnly: false))
        {
            Assert.Equal(30 << 20, new FileInfo(Path.Combine(mount.Path, "new/file")).Length);
            for (var i = 0; i < 3000; i++) File.WriteAllText(Path.Combine(mount.Path, $"later-{i}"), "later");
            File.WriteAllBytes(Path.Combine(mount.Path, "large"), new byte[((long)after - before) * 3 / 4 << 20 > 200 << 20 ? 200 << 20 : (after - before) / 2 << 20]);
        }

        Nothing.Wrong("complaints of e2fsck", volume.Check());
        Nothing.Wrong("findings of our own check", OurCheck.Of(volume));

        // The next growth, by others.
        SetLength(image, (long)(after + 500) << 20);
        HostTool.RunOk("resize2fs", "-f", image);
        Nothing.Wrong("complaints of e2fsck after resize2fs", new Ext4Image(image, 0, (long)(after + 500) << 20).Check());
    }

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4")]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,uninit_bg")]
    [InlineData("-t ext2 -b 1024")]
    [InlineData("-t ext4 -b 1024 -O meta_bg,^resize_inode")]
    [InlineData("-t ext4 -b 1024 -O sparse_super2,^resize_inode,meta_bg")]
    [InlineData("-t ext4 -O sparse_super2,^resize_inode")]
    [InlineData("-t ext4 -O inline_data,ea_inode,large_dir -I 512")]
    public void Writing_and_growing_in_turn_gives_a_sound_file_system(string options)
    {
        using var folder = new TemporaryFolder();
        for (var seed = 0; seed < (Soak.IsOn ? 60 : 4); seed++)
        {
            var random = new Random(seed);
            var image = folder[$"{seed}.img"];
            Ext4Image.Make(image, 0, 20 << 20, [.. options.Split(' '), "-d", MakeTree(folder)]);
            SetLength(image, 2L << 30);
            using var disk = FileDisk.OpenReadWrite(image);
            var writer = Ext4Writer.Open(disk);
            var blocks = writer.BlockCount;
            var content = new byte[3 << 20];
            random.NextBytes(content);
            for (var step = 0; step < 25; step++)
            {
                if (random.Next(3) == 0)
                {
                    blocks = Math.Min(blocks + random.Next(1, (int)(blocks / 2)), Math.Min(writer.MaxBlockCount, disk.Length / writer.BlockSize));
                    writer.Grow(blocks);
                }

                for (var i = random.Next(1, 120); i > 0 && writer.FreeBytes > 4 << 20 && writer.FreeInodes > 200; i--) Put(writer, disk, $"step-{step}/{i}", content.AsSpan(0, i % 20 == 0 ? random.Next(content.Length) : random.Next(9000)));
            }

            Finish(writer);
            var volume = new Ext4Image(image, 0, 2L << 30);
            Nothing.Wrong($"complaints of e2fsck, seed {seed}", volume.Check());
            Nothing.Wrong($"findings of our own check, seed {seed}", OurCheck.Of(volume));
            File.Delete(image);
        }
    }

    /// <summary>resize2fs would move tables out of the way; as a kernel does, ours describes the further groups where they lie.</summary>
    [ToolTheory("mke2fs", "e2fsck", "dumpe2fs", RequiresRoot = true)]
    [InlineData("-t ext4 -b 1024 -E resize=200000", 100, 700)]
    [InlineData("-t ext4 -b 1024 -O ^resize_inode", 100, 3000)]
    [InlineData("-t ext4 -b 4096 -O ^resize_inode", 200, 40_000)]
    [InlineData("-t ext2 -b 1024 -O ^resize_inode", 100, 900)]
    [InlineData("-t ext4 -b 1024 -O ^flex_bg,^metadata_csum,uninit_bg -E resize=200000", 100, 2500)]
    [InlineData("-t ext4 -b 2048 -O ^resize_inode", 300, 90_000)]
    public void Beyond_the_reserve_groups_are_described_where_they_lie(string options, int before, int after)
    {
        using var folder = new TemporaryFolder();
        var image = folder["grown.img"];
        var tree = MakeTree(folder);
        Ext4Image.Make(image, 0, (long)before << 20, [.. options.Split(' '), "-d", tree]);
        var length = (long)after << 20;
        SetLength(image, length);
        var content = new byte[30 << 20];
        new Random(3).NextBytes(content);

        // In two steps: the second one finds it turned on.
        Grow(image, length / 10 * 9, writer => Put(writer.Writer, writer.Disk, "new/one", content));
        Nothing.Wrong("complaints of e2fsck", new Ext4Image(image, 0, length).Check());
        Grow(image, length, writer => Put(writer.Writer, writer.Disk, "new/two", content));
        var volume = new Ext4Image(image, 0, length);
        Nothing.Wrong("complaints of e2fsck after the second step", volume.Check());
        Nothing.Wrong("findings of our own check", OurCheck.Of(volume));
        Assert.Contains("meta_bg", volume.Summarize().Features);
        using (var mount = LoopMount.Open(volume, readOnly: false))
        {
            Assert.Equal(content.Length, new FileInfo(Path.Combine(mount.Path, "new/two")).Length);
            HostTool.RunOk("diff", "-r", Path.Combine(tree, "many"), Path.Combine(mount.Path, "many"));
            for (var i = 0; i < 500; i++) File.WriteAllText(Path.Combine(mount.Path, $"later-{i}"), "later");
        }

        Nothing.Wrong("complaints of e2fsck after the kernel", volume.Check());
    }

    [ToolFact("mke2fs", "e2fsck", "dumpe2fs")]
    public void A_repair_finds_the_copies_of_superblock_and_descriptors()
    {
        using var folder = new TemporaryFolder();
        foreach (var (options, backup) in ((string, string)[])[("-t ext4 -b 4096", "32768"), ("-t ext4 -b 4096", "294912"), ("-t ext4 -b 1024", "73729"), ("-t ext2 -b 1024", "8193")])
        {
            var image = folder["grown.img"];
            File.Delete(image);
            Ext4Image.Make(image, 0, 40 << 20, [.. options.Split(' '), "-d", MakeTree(folder)]);
            SetLength(image, 1600 << 20);
            Grow(image, 1600 << 20, _ => { });
            var size = options.EndsWith("4096", StringComparison.Ordinal) ? "4096" : "1024";
            using (var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(file, new byte[3072], 1024);
            HostTool.Run("e2fsck", "-f", "-y", "-b", backup, "-B", size, image);
            Nothing.Wrong($"complaints of e2fsck after a repair from block {backup}", new Ext4Image(image, 0, 1600 << 20).Check());
            Assert.Equal("200", HostTool.RunOk("debugfs", "-R", "ls -p many", image).Output.Split('\n').Count(l => l.Contains("/file-", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>With blocks of 2 KiB the number of blocks leaves 32 bits at 8 TiB, which a sparse file here can be.</summary>
    [ToolFact("mke2fs", "e2fsck", "dumpe2fs")]
    public void More_blocks_than_32_bits_count()
    {
        using var folder = new TemporaryFolder();
        var image = folder["grown.img"];
        Ext4Image.Make(image, 0, 1L << 30, "-t", "ext4", "-b", "2048", "-O", "meta_bg,^resize_inode,64bit", "-i", "131072", "-d", MakeTree(folder));
        const long Length = (8L << 40) + (200L << 30);
        SetLength(image, Length);
        Grow(image, Length, writer => Put(writer.Writer, writer.Disk, "new/file", new byte[10 << 20]));
        Assert.Equal((Length / 2048).ToString(CultureInfo.InvariantCulture), HostTool.RunOk("dumpe2fs", "-h", image).Output.Split('\n').Single(l => l.StartsWith("Block count:", StringComparison.Ordinal))["Block count:".Length..].Trim());
        Nothing.Wrong("complaints of e2fsck", new Ext4Image(image, 0, Length).Check());
    }

    [ToolTheory("mke2fs")]
    [InlineData("-t ext4 -b 1024 -O ^64bit,meta_bg,^resize_inode", 5L << 40, "no 64bit")]
    [InlineData("-t ext4", 200L << 20, "partition has")]
    public void What_cannot_be_is_told_before_anything_changes(string options, long wanted, string expected)
    {
        using var folder = new TemporaryFolder();
        var image = folder["a.img"];
        Ext4Image.Make(image, 0, 64 << 20, options.Split(' '));
        var isTooLarge = expected == "partition has";
        SetLength(image, isTooLarge ? 100 << 20 : wanted);
        using var disk = FileDisk.OpenReadWrite(image);
        var writer = Ext4Writer.Open(disk);
        var error = Assert.Throws<OutOfSpaceException>(() => writer.Grow(wanted / writer.BlockSize));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Finish(writer);
        Assert.Empty(new Ext4Image(image, 0, wanted).Check());
        Assert.Equal(64 << 20, writer.BlockCount * writer.BlockSize);
    }

    /// <summary>The judge: a grown file system with a damaged new group is not called sound.</summary>
    [ToolFact("mke2fs", "e2fsck", "debugfs")]
    public void Damage_in_a_new_group_is_seen()
    {
        using var folder = new TemporaryFolder();
        var image = folder["grown.img"];
        Ext4Image.Make(image, 0, 64 << 20, "-t", "ext4");
        SetLength(image, 600 << 20);
        Grow(image, 600 << 20, _ => { });
        var volume = new Ext4Image(image, 0, 600 << 20);
        volume.DebugFs("set_bg 3 free_blocks_count 12", write: true);
        Assert.NotEmpty(volume.Check());
        Assert.NotEmpty(OurCheck.Of(volume));
    }

    private static long Bytes(string text) => text.EndsWith('k') ? long.Parse(text[..^1], CultureInfo.InvariantCulture) << 10 : long.Parse(text, CultureInfo.InvariantCulture) << 20;

    private static void SetLength(string image, long length)
    {
        using var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, length);
    }

    private static void Grow(string image, long length, Action<(Ext4Writer Writer, IDisk Disk)> work)
    {
        using var disk = FileDisk.OpenReadWrite(image);
        var writer = Ext4Writer.Open(disk);
        writer.Grow(length / writer.BlockSize);
        work((writer, disk));
        Finish(writer);
    }

    private static void Finish(Ext4Writer writer)
    {
        foreach (var _ in writer.Commit())
        {
        }
    }

    private static void Put(Ext4Writer writer, IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        foreach (var run in writer.CreateFile(System.Text.Encoding.UTF8.GetBytes(path), new UnixAttributes { Mode = 0x1A4 }, content.Length))
            disk.Write(run.VolumeOffset, content.Slice((int)run.FileOffset, (int)Math.Min(run.Length, content.Length - run.FileOffset)));
    }

    private static string Hash(string image, string path)
    {
        using var disk = FileDisk.OpenRead(image);
        var volume = Ext4Volume.Open(disk);
        var file = volume.Find(path)!;
        var content = new byte[file.Size];
        volume.ReadFile(file, 0, content);
        return Convert.ToHexString(SHA256.HashData(content));
    }

    private static string MakeTree(TemporaryFolder folder)
    {
        var tree = folder["tree"];
        if (Directory.Exists(tree)) return tree;
        Directory.CreateDirectory(Path.Combine(tree, "etc"));
        Directory.CreateDirectory(Path.Combine(tree, "many"));
        File.WriteAllText(Path.Combine(tree, "etc/one"), "one\n");
        var big = new byte[2_000_000];
        new Random(2).NextBytes(big);
        File.WriteAllBytes(Path.Combine(tree, "big"), big);
        for (var i = 0; i < 200; i++) File.WriteAllText(Path.Combine(tree, $"many/file-{i}"), $"{i}");
        return tree;
    }

    /// <summary>What dumpe2fs says that has to be the same.</summary>
    private static string Geometry(string image)
    {
        var text = HostTool.RunOk("dumpe2fs", image).Output;
        var lines = text.Split('\n').Where(l => SameLine().IsMatch(l)).Select(l => l.Trim()).ToList();
        lines.Add("groups: " + text.Split('\n').Count(l => l.StartsWith("Group ", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture));
        lines.Add("copies: " + string.Join(' ', BackupLine().Matches(text).Select(m => m.Groups[1].Value)));
        return string.Join('\n', lines);
    }

    [GeneratedRegex("^(Inode count|Block count|Reserved block count|Free blocks|Free inodes|First block|Block size|Reserved GDT blocks|Blocks per group|Inodes per group|Inode size|Filesystem state|Filesystem features):", RegexOptions.None, 10_000)]
    private static partial Regex SameLine();

    [GeneratedRegex("Backup superblock at (\\d+)", RegexOptions.None, 10_000)]
    private static partial Regex BackupLine();
}
