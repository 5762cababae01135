using BenchmarkDotNet.Attributes;
using EtchStream.Formats.Ext4;

namespace EtchStream.Bench;

/// <summary>
/// Files into ext4, without their content: names, inodes, blocks, bitmaps and the commit. All in one folder is what builds a large
/// hashed directory. Divide by <see cref="Files"/> for the cost of a file.
/// </summary>
[MemoryDiagnoser]
public class Ext4CreateBench
{
    private ScratchDisk _disk = null!;
    private byte[][] _names = [];

    /// <summary>How many.</summary>
    [Params(10_000, 100_000)]
    public int Files { get; set; }

    /// <summary>Length of each, in bytes.</summary>
    [Params(100, 3_000)]
    public int Size { get; set; }

    /// <summary>How many in one folder.</summary>
    [Params(20, int.MaxValue)]
    public int PerFolder { get; set; }

    /// <summary>Makes the file system.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _disk = ScratchDisk.Make(1024, "mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-N", "150000", "-E", "lazy_itable_init=0");
        _names = FileNames.Make(Files, PerFolder);
    }

    /// <summary>Empties it.</summary>
    [IterationSetup]
    public void Empty() => _disk.Reset();

    /// <summary>Creates and commits.</summary>
    [Benchmark]
    public long Create()
    {
        var writer = Ext4Writer.Open(_disk);
        foreach (var name in _names) writer.CreateFile(name, FileNames.Attributes, Size);
        long steps = 0;
        foreach (var step in writer.Commit()) steps += step;
        return steps;
    }
}
