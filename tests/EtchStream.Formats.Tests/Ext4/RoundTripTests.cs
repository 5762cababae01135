using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Random trees written into file systems of every generation, in two runs of which the second replaces much of the first.</summary>
public class RoundTripTests
{
    public static TheoryData<string> Geometries => new(
        "-t ext2 -b 1024 -I 128 -O ^resize_inode,^dir_index",
        "-r 0 -t ext2 -b 1024",
        "-t ext3 -b 2048 -I 256 -O uninit_bg,^metadata_csum,^64bit -J size=4",
        "-t ext4 -b 4096",
        "-t ext4 -b 1024 -g 2048 -O meta_bg,^resize_inode,^64bit -N 8192 -J size=1",
        "-t ext4 -b 1024 -O inline_data,large_dir,^flex_bg -N 4096 -J size=1");

    [ToolTheory("mke2fs", "e2fsck")]
    [MemberData(nameof(Geometries))]
    public void What_was_written_is_read_back_and_e2fsck_has_nothing_to_say(string options)
    {
        var image = TestImages.Make(options, "48M");
        var superblock = Ext4Volume.Open(new MemoryDisk(image)).Superblock;
        var root = RandomScript.EmptyRoot();
        for (var run = 1; run <= 2; run++)
        {
            var script = new RandomScript(run * 31 + options.Length, superblock.BlockSize, superblock.InodeSize > 128, root, run, run == 1 ? 250 : 150);
            var direct = (byte[])image.Clone();
            script.Play(new MemoryDisk(direct), new MemoryDisk(direct));
            ModelCheck.Same(root, direct);
            Assert.Empty(TestImages.Complaints(direct));

            var again = (byte[])image.Clone();
            script.Play(new MemoryDisk(again), new MemoryDisk(again));
            Assert.True(direct.AsSpan().SequenceEqual(again), "two runs differ");

            var queued = (byte[])image.Clone();
            var queue = new QueueWriter();
            script.Play(new MemoryDisk(queued), queue);
            queue.Drain(new MemoryDisk(queued));
            Assert.True(direct.AsSpan().SequenceEqual(queued), $"queued writing differs from byte {direct.AsSpan().CommonPrefixLength(queued)} on");
            image = direct;
        }
    }
}
