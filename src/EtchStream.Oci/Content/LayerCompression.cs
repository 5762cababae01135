namespace EtchStream.Oci.Content;

/// <summary>Names a compression by the bytes a file begins with; file names and media types lie.</summary>
internal static class LayerCompression
{
    /// <returns><c>gzip</c>, <c>zstd</c>, <c>xz</c>, <c>bzip2</c>, or null for none of these.</returns>
    public static string? Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return "gzip";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])) return "xz";
        return start.StartsWith("BZh"u8) ? "bzip2" : null;
    }
}
