using BenchmarkDotNet.Attributes;
using EtchStream.Formats.Fat;

namespace EtchStream.Bench;

/// <summary>Files with long names into FAT32, without their content.</summary>
[MemoryDiagnoser]
public class FatCreateBench
{
    private ScratchDisk _disk = null!;
    private byte[][] _names = [];

    /// <summary>How many.</summary>
    [Params(2_000, 20_000)]
    public int Files { get; set; }

    /// <summary>Makes the file system.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _disk = ScratchDisk.Make(512, "mkfs.vfat", "-F", "32");
        _names = FileNames.Make(Files, 200);
    }

    /// <summary>Empties it.</summary>
    [IterationSetup]
    public void Empty() => _disk.Reset();

    /// <summary>Creates and commits.</summary>
    [Benchmark]
    public long Create()
    {
        var writer = FatWriter.Open(_disk);
        foreach (var name in _names) writer.CreateFile(name, FileNames.Attributes, 3_000);
        long steps = 0;
        foreach (var step in writer.Commit()) steps += step;
        return steps;
    }
}
