using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tests.Ext4;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Random trees written into volumes of every width, in two runs of which the second replaces much of the first.</summary>
public class FatRoundTripTests
{
    public static TheoryData<string, int, int> Geometries
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var seed in Enumerable.Range(0, Soak.IsOn ? 40 : 1))
            {
                data.Add("-F 12 -s 1 -f 1", 2000, seed);
                data.Add("-F 12 -s 8 -r 1024", 15_000, seed);
                data.Add("-F 16 -s 1 -r 2048", 16_384, seed);
                data.Add("-F 16 -s 4 -S 1024 -r 1024", 24_000, seed);
                data.Add("-F 32 -s 1", 40_000, seed);
                data.Add("-F 32 -s 1 -S 4096 -R 8", 40_000, seed);
                data.Add("-F 32 -s 2 -S 2048 -f 1", 40_000, seed);
            }

            return data;
        }
    }

    [ToolTheory("mkfs.vfat", "fsck.vfat")]
    [MemberData(nameof(Geometries))]
    public void What_was_written_is_read_back_and_fsck_has_nothing_to_say(string options, int kibibytes, int seed)
    {
        var image = FatImages.Make(options, kibibytes);
        var clusterSize = FatVolumeInfo.TryRead(new MemoryDisk(image))!.ClusterSize;
        var isSmall = kibibytes == 2000;
        var root = new FatModelNode(true, new UnixAttributes(), 0);
        for (var run = 1; run <= 2; run++)
        {
            var script = new FatScript((seed * 1000) + (run * 31) + options.Length, clusterSize, root, run, isSmall ? 90 : 250);
            var direct = (byte[])image.Clone();
            var free = script.Play(new MemoryDisk(direct), new MemoryDisk(direct));
            FatModelNode.Same(root, direct);
            FatImages.Check(direct, free);

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

        Assert.Equal("LABEL", FatVolumeInfo.TryRead(new MemoryDisk(image))!.Label);
    }
}
