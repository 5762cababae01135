using System.Text;
using BenchmarkDotNet.Attributes;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Bench;

/// <summary>Headers only: as many members as a root file system has, each with an extended header. .NET's own reader does the same beside it.</summary>
[MemoryDiagnoser]
public class TarReaderBench
{
    private const int Entries = 30_302;
    private TarEntry[] _entries = [];
    private byte[] _archive = [];

    /// <summary>Makes the entries and an archive of them.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        _entries = [.. Enumerable.Range(0, Entries).Select(i => new TarEntry
        {
            Name = Encoding.ASCII.GetBytes($"usr/share/package-{i / 40}/documentation/file-{i}.txt"),
            Kind = FileKind.File,
            Mode = 0x1A4,
            ModificationTime = new UnixTime(1_700_000_000 + i, 123_456_789),
        })];
        var output = new MemoryStream();
        await WriteTo(output);
        _archive = output.ToArray();
    }

    /// <summary>This library's reader.</summary>
    [Benchmark]
    public async Task<int> Read()
    {
        await using var source = new StreamByteSource(new MemoryStream(_archive));
        var reader = new TarReader(source);
        var count = 0;
        while (await reader.ReadEntryAsync() is not null) count++;
        return count;
    }

    /// <summary>.NET's reader.</summary>
    [Benchmark(Baseline = true)]
    public async Task<int> ReadWithSystemFormatsTar()
    {
        await using var reader = new System.Formats.Tar.TarReader(new MemoryStream(_archive));
        var count = 0;
        while (await reader.GetNextEntryAsync() is not null) count++;
        return count;
    }

    /// <summary>This library's writer.</summary>
    [Benchmark]
    public Task Write() => WriteTo(Stream.Null);

    private async Task WriteTo(Stream output)
    {
        await using var writer = new TarWriter(output, leaveOpen: true);
        foreach (var entry in _entries) await writer.WriteEntryAsync(entry);
        await writer.FinishAsync();
    }
}
