using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

/// <summary>The objects of a layer that its tar lists under their names; only their times come from the tar.</summary>
internal sealed class ListedObjects
{
    private const int MaxLinks = 40;
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly TreeManifest _tree;

    private ListedObjects(TreeManifest tree) => _tree = tree;

    public static ListedObjects Of(TreeManifest tree, TarSplit? split)
    {
        var listed = new ListedObjects(tree);
        foreach (var name in split?.Names ?? [])
        {
            // The engine leaves the layer's own folder alone unless it is named by a slash or from below; a whiteout is made under another name.
            if (name.AsSpan().SequenceEqual("."u8) || name.AsSpan()[(name.AsSpan().LastIndexOf((byte)'/') + 1)..].StartsWith(".wh."u8)) continue;
            listed._paths.Add(TreeManifest.Key(listed.Resolve(name)));
        }

        return listed;
    }

    /// <summary>A tree with the time 0 on all that is not listed.</summary>
    public TreeManifest WithoutOtherTimes(TreeManifest tree) => new(
    [
        .. tree.Entries.Select(entry => _paths.Contains(TreeManifest.Key(entry.Path)) ? entry : entry with { ModificationTime = default }),
    ]);

    // Follows symbolic links in all parts but the last, within the tree.
    private byte[] Resolve(byte[] name)
    {
        var rest = new Stack<byte[]>(UnixPath.Parts(name).Reverse());
        var done = new List<byte[]>();
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part.AsSpan().SequenceEqual("."u8)) continue;
            if (part.AsSpan().SequenceEqual(".."u8))
            {
                if (done.Count > 0) done.RemoveAt(done.Count - 1);
                continue;
            }

            done.Add(part);
            if (rest.Count == 0 || _tree.Find(UnixPath.Join(done)) is not { Kind: FileKind.SymbolicLink } link || ++links > MaxLinks) continue;
            if (link.LinkTarget!.AsSpan().StartsWith("/"u8)) done.Clear();
            else done.RemoveAt(done.Count - 1);
            foreach (var target in UnixPath.Parts(link.LinkTarget).Reverse()) rest.Push(target);
        }

        return UnixPath.Join(done);
    }
}
