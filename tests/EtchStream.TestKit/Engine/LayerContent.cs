using System.Security.Cryptography;
using EtchStream.Oci;

namespace EtchStream.TestKit.Engine;

/// <summary>The bytes of a layer, in memory or in a file.</summary>
public sealed class LayerContent
{
    private readonly byte[]? _bytes;
    private readonly string? _file;

    /// <summary>Bytes in memory.</summary>
    public LayerContent(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        _bytes = bytes;
        Length = bytes.Length;
        Digest = Digest.Sha256(bytes);
    }

    /// <summary>A file, which has to stay as it is.</summary>
    public LayerContent(string file)
    {
        _file = file;
        using var stream = Open();
        Length = stream.Length;
        Digest = Digest.FromSha256(SHA256.HashData(stream));
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>SHA-256 of them.</summary>
    public Digest Digest { get; }

    /// <summary>Opens them from the start.</summary>
    public Stream Open() => _bytes is not null ? new MemoryStream(_bytes, writable: false) : File.OpenRead(_file!);
}
