using BenchmarkDotNet.Attributes;
using EtchStream.Formats.Ext4;

namespace EtchStream.Bench;

/// <summary>An ext4 of 256 MiB grown in place, with its commit: new block groups, descriptors, bitmaps. None of it depends on the content.</summary>
[MemoryDiagnoser]
public class GrowBench
{
    private ScratchDisk _disk = null!;

    /// <summary>The size that it gets, in GiB of 4 KiB blocks.</summary>
    [Params(1, 64)]
    public int Gibibytes { get; set; }

    /// <summary>Makes the file system.</summary>
    [GlobalSetup]
    public void Setup() => _disk = ScratchDisk.Make(256, "mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-E", "lazy_itable_init=0");

    /// <summary>Makes it small again.</summary>
    [IterationSetup]
    public void Shrink() => _disk.Reset();

    /// <summary>Grows and commits.</summary>
    [Benchmark]
    public long Grow()
    {
        _disk.Length = (long)Gibibytes << 30;
        var writer = Ext4Writer.Open(_disk);
        writer.Grow((long)Gibibytes << 18);
        long steps = 0;
        foreach (var step in writer.Commit()) steps += step;
        return steps;
    }
}
