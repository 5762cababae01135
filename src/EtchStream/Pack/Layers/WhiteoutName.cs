namespace EtchStream.Pack.Layers;

/// <summary>The names by which a layer's tar takes away what lower layers hold (OCI image spec, layer.md, "Whiteouts").</summary>
internal static class WhiteoutName
{
    /// <summary>Whether the name is that of a mark and not of a file.</summary>
    public static bool IsMark(ReadOnlySpan<byte> name) => name.StartsWith(".wh."u8);

    /// <summary>The mark that hides everything that lower layers hold in its folder.</summary>
    public static bool IsOpaque(ReadOnlySpan<byte> name) => name.SequenceEqual(".wh..wh..opq"u8);

    /// <summary>The name that a mark takes away.</summary>
    public static ReadOnlySpan<byte> Hidden(ReadOnlySpan<byte> mark) => mark[".wh."u8.Length..];
}
