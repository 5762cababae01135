using System.Text;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>
/// What an engine's disk holds after it unpacked a layer's entries one by one, done as a kernel does it: folders that hold objects, paths
/// walked part by part. It knows nothing of the code under test.
/// </summary>
internal sealed class EngineModel
{
    private const int MaxLinks = 40;
    private readonly Item _root = new() { Kind = 'd', Mode = "755", Time = 0 };
    private int _links;

    /// <summary>An entry that an engine does not take.</summary>
    public sealed class RefusedException(string problem) : Exception(problem);

    /// <summary>Unpacks an entry.</summary>
    public void Apply(RandomEntry entry)
    {
        var parts = Split(LayerModel.Clean("/" + entry.Name));
        if (parts.Length == 0)
        {
            // "./" counts for its time alone, and not at all where it is no folder; "/" counts whole.
            if (entry.Kind != 'd' && entry.Name[0] == '/') throw new RefusedException("root");
            if (entry.Kind != 'd') return;
            if (entry.Name[0] == '/') Describe(_root, entry);
            _root.Time = entry.Time;
            return;
        }

        var folder = Folder(parts[..^1], entry.Time);
        var name = parts[^1];
        if (name.StartsWith(".wh.", StringComparison.Ordinal)) Mark(folder, name, entry);
        else Put(folder, name, entry);
    }

    /// <summary>A file's content by a path of tar-split: opened from outside of the layer, where its root is a folder like any other.</summary>
    public byte[] OpenFromOutside(string name)
    {
        _links = 0;
        var node = _root;
        foreach (var part in Split(LayerModel.Clean(name)))
        {
            if (part == "..") throw new InvalidOperationException($"{name} climbs out of the layer");
            node = StepOutside(node, part);
        }

        return node.Kind == '-' ? node.Content : throw new InvalidOperationException($"{name} is no file");
    }

    /// <summary>One line an object, in the form of <see cref="LayerModel.Lines"/>.</summary>
    public string[] Lines
    {
        get
        {
            var found = new List<(string Path, Item Item)> { ("/", _root) };
            for (var i = 0; i < found.Count; i++)
            {
                var (path, item) = found[i];
                foreach (var (name, child) in item.Children) found.Add((path == "/" ? name : $"{path}/{name}", child));
            }

            return [.. found.Select(f => Line(f.Path, f.Item, found.Count(other => ReferenceEquals(other.Item, f.Item)))).Order(StringComparer.Ordinal)];
        }
    }

    private static string Line(string path, Item item, int links)
    {
        var text = new StringBuilder($"{path} {item.Kind}{item.Mode}");
        if (item.Content.Length > 0) text.Append($" size {item.Content.Length}");
        if (item.Kind == 'l') text.Append($" -> {item.Target}");
        if (item.Kind == 'c') text.Append($" {(item.IsWhiteout ? 0 : 1)},{(item.IsWhiteout ? 0 : 3)}");
        if (item.Time != RandomEntry.UsualTime) text.Append($" at {item.Time}");
        if (links > 1) text.Append($" links {links}");
        if (item.IsOpaque) text.Append(" trusted.overlay.opaque=y");
        return text.ToString();
    }

    private void Mark(Item folder, string mark, RandomEntry entry)
    {
        if (mark == ".wh..wh..opq")
        {
            folder.IsOpaque = true;
            return;
        }

        var hidden = mark[4..];
        if (hidden is "" or "." or ".." || folder.Children.ContainsKey(hidden)) throw new RefusedException("mknod: file exists");
        folder.Children[hidden] = new Item { Kind = 'c', Mode = "000", Time = entry.Time, IsWhiteout = true, Parent = folder };
    }

    private void Put(Item folder, string name, RandomEntry entry)
    {
        var existing = folder.Children.GetValueOrDefault(name);
        if (entry.Kind == 'h')
        {
            folder.Children[name] = Target(entry.Target, folder, name);
            return;
        }

        if (entry.Kind == 'd' && existing?.Kind == 'd')
        {
            Describe(existing, entry);
            return;
        }

        var item = new Item { Kind = entry.Kind, Parent = folder, Target = entry.Target, Content = entry.Content };
        Describe(item, entry);
        folder.Children[name] = item;
    }

    private static void Describe(Item item, RandomEntry entry) => (item.Mode, item.Time) = (item.Kind == 'l' ? "777" : entry.Mode, entry.Time);

    private Item Target(string path, Item linkFolder, string linkName)
    {
        _links = 0;
        var parts = Split(LayerModel.Clean("/" + path));
        if (parts.Length == 0) throw new RefusedException("link to the root");
        var folder = _root;
        foreach (var part in parts[..^1]) folder = Step(folder, part) ?? throw new RefusedException("no such file");
        var target = folder.Children.GetValueOrDefault(parts[^1]) ?? throw new RefusedException("no such file");
        if (target.Kind == 'd') throw new RefusedException("link to a folder");

        // The engine takes away what has the name before it makes the link, and with it perhaps what is linked to.
        if (folder == linkFolder && parts[^1] == linkName) throw new RefusedException("link to itself");
        var existing = linkFolder.Children.GetValueOrDefault(linkName);
        for (var above = folder; existing is not null && above is not null; above = above.Parent)
        {
            if (above == existing) throw new RefusedException("link to what it takes away");
        }

        return target;
    }

    private Item Folder(string[] parts, long time)
    {
        _links = 0;
        var node = _root;
        foreach (var part in parts)
        {
            if (node.Children.ContainsKey(part))
            {
                node = Step(node, part)!;
                continue;
            }

            var made = new Item { Kind = 'd', Mode = node.Mode[0] == '2' && node.Mode.Length == 4 ? "2755" : "755", Time = time, Parent = node };
            node.Children[part] = made;
            node = made;
        }

        return node;
    }

    /// <summary>A step inside of the layer; null where nothing of the name is.</summary>
    private Item? Step(Item node, string part)
    {
        if (part == "..") return node.Parent ?? node;
        if (!node.Children.TryGetValue(part, out var child)) return null;
        if (child.Kind == 'd') return child;
        if (child.Kind != 'l') throw new RefusedException("not a directory");
        if (++_links > MaxLinks) throw new RefusedException("too many links");
        var next = child.Target[0] == '/' ? _root : node;
        foreach (var step in Split(child.Target)) next = Step(next, step) ?? throw new RefusedException("dangling");
        return next;
    }

    private Item StepOutside(Item node, string part)
    {
        if (part == "..") return node.Parent ?? throw new InvalidOperationException("a link climbs out of the layer");
        if (node.Kind != 'd' || !node.Children.TryGetValue(part, out var child)) throw new InvalidOperationException($"no {part}");
        if (child.Kind != 'l') return child;
        if (++_links > MaxLinks || child.Target[0] == '/') throw new InvalidOperationException($"{part} leads out of the layer");
        var next = node;
        foreach (var step in Split(child.Target)) next = StepOutside(next, step);
        return next;
    }

    private static string[] Split(string path) => [.. path.Split('/').Where(part => part is not ("" or "."))];

    private sealed class Item
    {
        public required char Kind { get; init; }

        public string Mode { get; set; } = "";

        public long Time { get; set; }

        public string Target { get; init; } = "";

        public byte[] Content { get; init; } = [];

        public bool IsWhiteout { get; init; }

        public bool IsOpaque { get; set; }

        public Item? Parent { get; init; }

        public Dictionary<string, Item> Children { get; } = new(StringComparer.Ordinal);
    }
}
