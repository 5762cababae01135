using System.Buffers;
using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>The digest of a stretch of bytes.</summary>
public sealed class TrailerDigest
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>SHA-256, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Count of the bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Makes one from a computed hash.</summary>
    public static TrailerDigest Create(ReadOnlySpan<byte> sha256, long length) => new() { Sha256 = Convert.ToHexStringLower(sha256), Length = length };

    internal void Validate(string what)
    {
        if (Sha256.Length != 64 || Sha256.AsSpan().ContainsAnyExcept(LowerHex)) throw new CorruptFormatException(ArchiveNames.Trailer, -1, $"{what} is not 64 lower-case hexadecimal digits");
        if (Length < 0) throw new CorruptFormatException(ArchiveNames.Trailer, -1, $"{what} is of {Length} bytes");
    }
}
