using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Layers;

/// <summary>Finds the folder that a path's last part lies in, the way a kernel walks it with the layer as its whole world.</summary>
/// <remarks>An engine unpacks in a root of its own: an absolute link counts from the layer's root, and the root's parent is the root.</remarks>
internal sealed class LayerWalk(LayerTree tree)
{
    /// <summary>As many links as Linux follows for one path.</summary>
    private const int MaxLinks = 40;

    private int _links;

    /// <summary>Whether a link was followed, since <see cref="Begin"/>, that leads elsewhere when seen from outside of the layer: an absolute one, or one that climbs to the root and beyond.</summary>
    public bool LeftRoot { get; private set; }

    /// <summary>Whether any link was followed since <see cref="Begin"/>.</summary>
    public bool HasFollowed => _links > 0;

    /// <summary>Starts a path.</summary>
    public void Begin()
    {
        _links = 0;
        LeftRoot = false;
    }

    /// <summary>One step from a folder into another one, links followed.</summary>
    /// <returns>The folder; <see cref="LayerTree.None"/> where nothing of that name is.</returns>
    /// <exception cref="CorruptFormatException">It is no folder, or a link that leads to none.</exception>
    public int Enter(int folder, ReadOnlySpan<byte> part, byte[] path)
    {
        var child = tree.Find(folder, part);
        if (child == LayerTree.None || tree.KindOf(child) == FileKind.Directory) return child;
        if (tree.KindOf(child) == FileKind.SymbolicLink) return Follow(child, path);
        throw Refused(path, $"{PathText.Of(tree.PathOf(child))} is no folder");
    }

    /// <summary>Walks a path without making anything.</summary>
    /// <returns>The folder; <see cref="LayerTree.None"/> where a part of it is missing.</returns>
    public int Find(ReadOnlySpan<byte> folders, byte[] path)
    {
        var node = LayerTree.Root;
        foreach (var range in folders.Split((byte)'/'))
        {
            if (folders[range].IsEmpty) continue;
            node = Enter(node, folders[range], path);
            if (node == LayerTree.None) return node;
        }

        return node;
    }

    /// <summary>The error for an entry that no engine unpacks.</summary>
    public static CorruptFormatException Refused(byte[] path, string problem) =>
        new($"layer entry {PathText.Of(path)}", -1, $"{problem}; container engines refuse such a layer too");

    private int Follow(int link, byte[] path)
    {
        tree.MarkFollowed(link);
        if (++_links > MaxLinks) throw Refused(path, "too many symbolic links on the way");
        var target = tree.TargetOf(link);
        var isAbsolute = target[0] == '/';
        LeftRoot |= isAbsolute;
        var node = isAbsolute ? LayerTree.Root : tree.ParentOf(link);
        foreach (var range in target.Split((byte)'/'))
        {
            var part = target[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (part.SequenceEqual(".."u8))
            {
                LeftRoot |= node == LayerTree.Root;
                node = tree.ParentOf(node);
                continue;
            }

            node = Enter(node, part, path);
            if (node == LayerTree.None) throw Refused(path, $"the symbolic link {PathText.Of(tree.PathOf(link))} on the way leads nowhere in its layer");
            tree.MarkFollowed(node);
        }

        return node;
    }
}
