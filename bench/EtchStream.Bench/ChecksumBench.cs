using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using EtchStream.Engine;
using EtchStream.Formats.Compression;
using EtchStream.Formats.Ext4;

namespace EtchStream.Bench;

/// <summary>What each byte of an archive or layer goes through, by the MiB.</summary>
public class ChecksumBench
{
    private readonly byte[] _data = new byte[1 << 20];

    /// <summary>Fills it.</summary>
    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(_data);

    /// <summary>Digests of blobs, layers, images and archives.</summary>
    [Benchmark(Baseline = true)]
    public byte[] Sha256() => SHA256.HashData(_data);

    /// <summary>ext4's metadata, and each block that is verified.</summary>
    [Benchmark]
    public uint Crc32C() => Crc32c.Append(0, _data);

    /// <summary>gzip.</summary>
    [Benchmark]
    public uint GzipCrc32() => Crc32.Compute(_data);

    /// <summary>tar-split's checksum of each file.</summary>
    [Benchmark]
    public ulong TarSplitCrc64() => Crc64.Compute(_data);

    /// <summary>The same on processors that do not multiply polynomials.</summary>
    [Benchmark]
    public ulong TarSplitCrc64ByTable() => Crc64.ComputeByTable(_data);
}
