using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>Follows symbolic links within one folder of a tree, as a process does that has this folder for its root.</summary>
internal static class LinkResolver
{
    /// <summary>As many as Linux follows on one path.</summary>
    private const int MaxLinks = 40;

    /// <summary>Finds what a path leads to; the last part's link is followed too.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="root">The folder that links cannot leave: <c>..</c> ends there, and absolute targets count from there.</param>
    /// <param name="path">The path below it.</param>
    /// <returns>Null where it leads to nothing.</returns>
    /// <exception cref="CorruptFormatException">The links go in a circle.</exception>
    public static TreeEntry? Find(IFileTree tree, ReadOnlySpan<byte> root, ReadOnlySpan<byte> path)
    {
        var pending = new Stack<byte[]>();
        var way = new List<byte[]>();
        Push(pending, path);
        var entry = tree.Find(root);
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part.AsSpan().SequenceEqual("."u8)) continue;
            if (part.AsSpan().SequenceEqual(".."u8))
            {
                if (way.Count > 0) way.RemoveAt(way.Count - 1);
                continue;
            }

            way.Add(part);
            entry = tree.Find(Join(root, way));
            if (entry is null) return null;
            if (entry.Kind != FileKind.SymbolicLink) continue;
            if (++links > MaxLinks) throw new CorruptFormatException($"{tree.Name}, {PathText.Of(path)}", -1, "its symbolic links go in a circle");
            way.RemoveAt(way.Count - 1);
            if (entry.LinkTarget!.AsSpan().StartsWith("/"u8)) way.Clear();
            Push(pending, entry.LinkTarget);
        }

        return tree.Find(Join(root, way));
    }

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        var parts = new List<byte[]>();
        foreach (var range in path.Split((byte)'/'))
        {
            if (!path[range].IsEmpty) parts.Add(path[range].ToArray());
        }

        for (var i = parts.Count - 1; i >= 0; i--) pending.Push(parts[i]);
    }

    private static byte[] Join(ReadOnlySpan<byte> root, List<byte[]> way)
    {
        var length = root.Length;
        foreach (var part in way) length += part.Length + 1;
        var path = new byte[length];
        root.CopyTo(path);
        var at = root.Length;
        foreach (var part in way)
        {
            path[at++] = (byte)'/';
            part.CopyTo(path, at);
            at += part.Length;
        }

        return path;
    }
}
