using System.Buffers.Binary;

namespace EtchStream.Formats.Compression;

/// <summary>Tells by its first bytes how a stream is compressed. Names are not looked at: a renamed file is still what it is.</summary>
public static class CompressionDetector
{
    /// <summary>How many bytes make the answer as sure as it can be.</summary>
    public const int BytesWanted = 10;

    /// <summary>Looks at the first bytes of a stream; fewer than <see cref="BytesWanted"/> only where the stream has no more.</summary>
    public static CompressionFormat Detect(ReadOnlySpan<byte> start)
    {
        // The third byte is the method, of which gzip has only one (RFC 1952, 2.3.1).
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08])) return CompressionFormat.Gzip;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])) return CompressionFormat.Xz;
        if (start.StartsWith("PK\x3\x4"u8) || start.StartsWith("PK\x5\x6"u8)) return CompressionFormat.Zip;
        if (IsBzip2(start)) return CompressionFormat.Bzip2;
        return IsZstd(start) ? CompressionFormat.Zstd : CompressionFormat.None;
    }

    private static bool IsZstd(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4) return false;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(start);

        // The second is a skippable frame (RFC 8878, 3.1.2), which pzstd and others put first.
        return magic == 0xFD2FB528 || (magic & 0xFFFFFFF0) == 0x184D2A50;
    }

    private static bool IsBzip2(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4 || !start.StartsWith("BZh"u8) || start[3] is < (byte)'1' or > (byte)'9') return false;

        // "BZh9" is text that a raw image could start with; the first block's magic, or the end's in an empty stream, is not.
        ReadOnlySpan<byte> block = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], end = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
        var rest = start[4..Math.Min(start.Length, BytesWanted)];
        return block.StartsWith(rest) || end.StartsWith(rest);
    }
}
