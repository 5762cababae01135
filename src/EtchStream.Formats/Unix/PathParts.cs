namespace EtchStream.Formats.Unix;

/// <summary>Takes paths apart. Empty parts and <c>.</c> mean nothing.</summary>
internal static class PathParts
{
    /// <summary>Splits a path into that of the directory and the last part.</summary>
    /// <param name="path">The path.</param>
    /// <param name="parent">What is before the last part; it may hold empty parts and dots.</param>
    /// <param name="name">The last part.</param>
    /// <returns>False for the root.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> name)
    {
        parent = path;
        do
        {
            parent = parent.TrimEnd((byte)'/');
            var slash = parent.LastIndexOf((byte)'/');
            name = parent[(slash + 1)..];
            parent = parent[..(slash + 1)];
        }
        while (name.SequenceEqual("."u8));

        return !name.IsEmpty;
    }
}
