namespace EtchStream.TestKit.Engine;

/// <summary>Paths that are bytes.</summary>
public static class UnixPath
{
    /// <summary>
    /// The shortest name that means the same without asking a file system: no empty part, no <c>.</c>, no <c>..</c> behind a name; <c>.</c>
    /// for nothing. An absolute path keeps its slash.
    /// </summary>
    public static byte[] Clean(ReadOnlySpan<byte> path)
    {
        var isAbsolute = !path.IsEmpty && path[0] == (byte)'/';
        var parts = new List<byte[]>();
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (!part.SequenceEqual(".."u8)) parts.Add(part.ToArray());
            else if (parts.Count > 0 && !parts[^1].AsSpan().SequenceEqual(".."u8)) parts.RemoveAt(parts.Count - 1);
            else if (!isAbsolute) parts.Add(part.ToArray());
        }

        var joined = Join(parts);
        if (isAbsolute) return [(byte)'/', .. joined];
        return joined.Length > 0 ? joined : [(byte)'.'];
    }

    /// <summary>The parts of a path, without empty ones.</summary>
    public static IReadOnlyList<byte[]> Parts(ReadOnlySpan<byte> path)
    {
        var parts = new List<byte[]>();
        foreach (var range in path.Split((byte)'/'))
        {
            if (!path[range].IsEmpty) parts.Add(path[range].ToArray());
        }

        return parts;
    }

    /// <summary>Parts with slashes between them.</summary>
    public static byte[] Join(IEnumerable<byte[]> parts)
    {
        var joined = new List<byte>();
        foreach (var part in parts)
        {
            if (joined.Count > 0) joined.Add((byte)'/');
            joined.AddRange(part);
        }

        return [.. joined];
    }
}
