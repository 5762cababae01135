using EtchStream.Formats.Ext4;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Whole files in one call, for callers without a queue: e2fsprogs and mtools read what was written, and we read it back.</summary>
public sealed class WholeFileTests : IDisposable
{
    private const int Length = 16 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly UnixAttributes _attributes = new() { Mode = 0b110_100_000, UserId = 7, GroupId = 8, ModificationTime = new UnixTime(1_700_000_000) };

    public void Dispose() => _folder.Dispose();

    [ToolFact("mke2fs", "e2fsck", "debugfs")]
    public void Ext4_has_the_content_and_nothing_of_what_its_blocks_held_before()
    {
        // What a partition held before: no zeros anywhere.
        var image = _folder["ext4.img"];
        File.WriteAllBytes(image, Enumerable.Repeat((byte)0xAA, Length).ToArray());
        var volume = Ext4Image.Make(image, 0, Length, "-t", "ext4", "-b", "4096");
        var large = Content(3_000_001);
        using (var disk = FileDisk.OpenReadWrite(image))
        {
            var writer = Ext4Writer.Open(disk);
            // The large one first: the buffer that serves the small one after it holds other bytes by then.
            using var stream = new MemoryStream(large);
            writer.WriteFile(disk, "/large"u8, _attributes, stream, large.Length);
            writer.WriteFile(disk, "/etc/small"u8, _attributes, "five\n"u8);
            writer.WriteFile(disk, "/etc/none"u8, _attributes, []);
            writer.CommitAll();
            var read = Ext4Volume.Open(disk);
            Assert.Equal(large, read.ReadFile(read.Find("/large")!));
            Assert.Equal("five\n"u8.ToArray(), read.ReadFile(read.Find("/etc/small")!));
            Assert.Empty(read.ReadFile(read.Find("/etc/none")!));
        }

        Nothing.Wrong("complaints of e2fsck", volume.Check());
        Assert.Equal("five\n", volume.DebugFs("cat /etc/small"));
        volume.DebugFs($"dump /large {_folder["large"]}");
        Assert.Equal(large, File.ReadAllBytes(_folder["large"]));
        var block = long.Parse(volume.DebugFs("blocks /etc/small").Trim(), System.Globalization.CultureInfo.InvariantCulture) * 4096;
        Assert.All(File.ReadAllBytes(image).AsSpan((int)block + 5, 4096 - 5).ToArray(), b => Assert.Equal(0, b));
    }

    [ToolFact("mkfs.vfat", "fsck.vfat", "mtype")]
    public void Fat_has_it_too()
    {
        var image = _folder["fat.img"];
        HostTool.RunOk("mkfs.vfat", "-F", "16", "-C", image, "16384");
        using (var disk = FileDisk.OpenReadWrite(image))
        {
            var writer = FatWriter.Open(disk);
            writer.WriteFile(disk, "/config.json"u8, _attributes, "{}\n"u8);
            writer.CommitAll();
            var read = FatVolume.Open(disk);
            Assert.Equal("{}\n"u8.ToArray(), read.ReadFile(read.Find("/config.json")!));
        }

        HostTool.RunOk("fsck.vfat", "-n", image);
        Assert.Equal("{}\n", HostTool.RunOk("mtype", "-i", image, "::/config.json").Output);
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_stream_that_ends_early_is_an_error_and_without_a_commit_nothing_has_changed()
    {
        var volume = Ext4Image.Make(_folder["short.img"], 0, Length, "-t", "ext4");
        using (var disk = FileDisk.OpenReadWrite(volume.Path))
        {
            using var stream = new MemoryStream([1, 2, 3]);
            Assert.Throws<EndOfStreamException>(() => Ext4Writer.Open(disk).WriteFile(disk, "/short"u8, _attributes, stream, 4));
            Assert.Null(Ext4Volume.Open(disk).Find("/short"));
        }

        Nothing.Wrong("complaints of e2fsck", volume.Check());
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return content;
    }
}
