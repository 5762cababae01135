using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;
using EtchStream.Formats.Compression;

namespace EtchStream.Bench;

/// <summary>16 MiB of text out of gzip and zstd, and by the framework's own stream beside it.</summary>
[MemoryDiagnoser]
public class DecompressBench
{
    private byte[] _gzip = [];
    private byte[] _zstd = [];

    /// <summary>Compresses it.</summary>
    [GlobalSetup]
    public async Task Setup()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < 16 << 20) text.Append("export const module").Append(random.Next(5_000)).Append(" = require('package-").Append(random.Next()).Append("');\n");
        var content = Encoding.ASCII.GetBytes(text.ToString());
        var gzip = new MemoryStream();
        await using (var encoder = new GZipStream(gzip, CompressionLevel.Optimal, leaveOpen: true)) await encoder.WriteAsync(content);
        _gzip = gzip.ToArray();
        var zstd = new MemoryStream();
        await using (var encoder = Encoders.Zstd.OpenEncoder(zstd, leaveOpen: true)) await encoder.WriteAsync(content);
        _zstd = zstd.ToArray();
    }

    /// <summary>gzip, as archives and layers are read.</summary>
    [Benchmark]
    public Task Gzip() => DrainAsync(Decoders.Default.Open(CompressionFormat.Gzip, new MemoryStream(_gzip)));

    /// <summary>The framework's stream.</summary>
    [Benchmark(Baseline = true)]
    public Task GZipStreamOfDotnet() => DrainAsync(new GZipStream(new MemoryStream(_gzip), CompressionMode.Decompress));

    /// <summary>zstd, by the system's library.</summary>
    [Benchmark]
    public Task Zstd() => DrainAsync(Decoders.Default.Open(CompressionFormat.Zstd, new MemoryStream(_zstd)));

    private static async Task DrainAsync(Stream stream)
    {
        await using (stream) await stream.CopyToAsync(Stream.Null, 1 << 20);
    }
}
