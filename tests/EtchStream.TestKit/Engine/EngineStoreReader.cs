using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

/// <summary>Reads a data root into an <see cref="EngineStore"/>.</summary>
internal sealed class EngineStoreReader(string dataRoot)
{
    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EngineStoreLayer> _layers = new(StringComparer.Ordinal);

    // Cache ID to chain ID, and link to chain ID.
    private readonly Dictionary<string, string> _cacheIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private string Image => Path.Combine(dataRoot, "image", "overlay2");

    private string Overlay => Path.Combine(dataRoot, "overlay2");

    public EngineStore Read()
    {
        Add("data root", TreeManifest.ReadRoot(dataRoot));
        if (Directory.Exists(Path.Combine(dataRoot, "image"))) Add("image", TreeManifest.ReadRoot(Path.Combine(dataRoot, "image")));
        FindLayers();
        if (Directory.Exists(Image)) ReadImages();
        if (Directory.Exists(Overlay)) ReadOverlay();
        return new EngineStore(_facts, _layers);
    }

    private void FindLayers()
    {
        var layers = Path.Combine(Image, "layerdb", "sha256");
        if (!Directory.Exists(layers)) return;
        foreach (var folder in Directory.GetDirectories(layers))
        {
            var chain = $"sha256:{Path.GetFileName(folder)}";
            var cacheId = Text(Path.Combine(folder, "cache-id"));
            if (cacheId.Length == 0 || !_cacheIds.TryAdd(cacheId, chain)) continue;
            var link = Text(Path.Combine(Overlay, cacheId, "link"));
            if (link.Length > 0) _links.TryAdd(link, chain);
            var diff = Path.Combine(Overlay, cacheId, "diff");
            var split = Path.Combine(folder, "tar-split.json.gz");
            _layers.Add(chain, new EngineStoreLayer(
                chain, Text(Path.Combine(folder, "diff")), cacheId, diff,
                Directory.Exists(diff) ? TreeManifest.Read(diff) : null,
                File.Exists(split) ? ReadSplit(chain, split) : null));
        }
    }

    private TarSplit? ReadSplit(string chain, string file)
    {
        try
        {
            return TarSplit.Read(file);
        }
        catch (FormatException error)
        {
            _facts.Add($"{chain}: tar-split", $"broken: {error.Message}");
            return null;
        }
    }

    private void ReadImages()
    {
        foreach (var entry in TreeManifest.Read(Image).Entries)
        {
            var path = TreeManifest.Key(entry.Path);
            if (IsLeftOut(path)) continue;
            var name = path.Length == 0 ? "image/overlay2" : $"image/overlay2/{path}";
            Add(name, entry);
            if (entry.Kind == FileKind.File) ReadFile(name, Path.Combine(Image, path));
        }
    }

    private static bool IsLeftOut(string path) =>
        path is "layerdb/mounts" or "layerdb/tmp" || path.StartsWith("layerdb/mounts/", StringComparison.Ordinal) || path.StartsWith("layerdb/tmp/", StringComparison.Ordinal)
        || path.StartsWith("imagedb/metadata/sha256/", StringComparison.Ordinal);

    private void ReadFile(string name, string file)
    {
        var last = Path.GetFileName(name);
        if (last == "tar-split.json.gz") return;
        if (last == "cache-id")
        {
            _facts.Add($"{name}: names", $"{Chain(_cacheIds, Text(file))}, {Form(Text(file), 64, "0123456789abcdef")}");
            return;
        }

        // Order and blanks of these are the engine's affair; what is in them is not.
        if (last != "repositories.json" && !name.Contains("/v2metadata-by-diffid/", StringComparison.Ordinal))
        {
            _facts.Add($"{name}: content", TreeText.Show(File.ReadAllBytes(file)) + (new FileInfo(file).Length > 160 ? $" {Digest(file)}" : ""));
            return;
        }

        var lines = new List<string>();
        try
        {
            Flatten("", JsonNode.Parse(File.ReadAllBytes(file)), lines);
        }
        catch (System.Text.Json.JsonException error)
        {
            lines.Add($"broken: {error.Message}");
        }

        foreach (var line in lines) _facts.TryAdd($"{name}: has {line}", "yes");
    }

    private static void Flatten(string path, JsonNode? node, List<string> lines)
    {
        if (node is JsonObject { Count: > 0 } o)
        {
            foreach (var (key, value) in o) Flatten($"{path}/{key}", value, lines);
        }
        else if (node is JsonArray { Count: > 0 } a)
        {
            // In the order of the pulls.
            foreach (var value in a) lines.Add($"{path}[] = {value?.ToJsonString()}");
        }
        else
        {
            lines.Add($"{path} = {node?.ToJsonString() ?? "null"}");
        }
    }

    private void ReadOverlay()
    {
        Add("overlay2", TreeManifest.ReadRoot(Overlay));
        var containers = ContainerFolders();
        foreach (var path in Directory.GetFileSystemEntries(Overlay))
        {
            var name = Path.GetFileName(path);
            if (name is "l" or "backingFsBlockDev" || containers.Contains(name)) continue;
            if (!_cacheIds.TryGetValue(name, out var chain)) Count("overlay2/(of no layer)");
            else ReadLayer($"overlay2/({chain})", path);
        }

        ReadLinks(Path.Combine(Overlay, "l"), containers);
    }

    private void ReadLayer(string name, string folder)
    {
        foreach (var entry in TreeManifest.ReadFlat(folder).Entries)
        {
            var last = TreeManifest.Key(entry.Path);
            var path = Path.Combine(folder, last);
            if (last == "diff") continue;
            if (last.Length > 0 && entry.Kind == FileKind.Directory)
            {
                foreach (var inner in TreeManifest.Read(path).Entries) Add($"{name}/{last}/{TreeManifest.Key(inner.Path)}".TrimEnd('/'), inner);
                continue;
            }

            Add($"{name}/{last}".TrimEnd('/'), entry);
            if (entry.Kind != FileKind.File) continue;
            if (last == "link") _facts.Add($"{name}/link: names", $"{Chain(_links, Text(path))}, {Form(Text(path), 26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}");
            else if (last == "lower") _facts.Add($"{name}/lower: names", string.Join(" : ", Text(path).Split(':').Select(ShowLower)));
            else _facts.Add($"{name}/{last}: content", TreeText.Show(File.ReadAllBytes(path)));
        }
    }

    private string ShowLower(string lower) =>
        lower.StartsWith("l/", StringComparison.Ordinal) ? $"l/({Chain(_links, lower[2..])})" : $"not a link: {TreeText.Show(Encoding.UTF8.GetBytes(lower))}";

    private void ReadLinks(string folder, HashSet<string> containers)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var entry in TreeManifest.ReadFlat(folder).Entries)
        {
            var name = TreeManifest.Key(entry.Path);
            if (name.Length == 0)
            {
                Add("overlay2/l", entry);
                continue;
            }

            var target = TreeManifest.Key(entry.LinkTarget ?? []);
            var cacheId = target.StartsWith("../", StringComparison.Ordinal) && target.EndsWith("/diff", StringComparison.Ordinal) ? target[3..^5] : "";
            if (containers.Contains(cacheId)) continue;
            if (!_links.TryGetValue(name, out var chain))
            {
                Count("overlay2/l/(of no layer)");
                continue;
            }

            Add($"overlay2/l/({chain})", entry);
            _facts.Add($"overlay2/l/({chain}): leads to", cacheId.Length == 0 ? target : $"../({Chain(_cacheIds, cacheId)})/diff");
        }
    }

    // Containers have folders in overlay2 that no layer of an image has.
    private HashSet<string> ContainerFolders()
    {
        var mounts = Path.Combine(Image, "layerdb", "mounts");
        if (!Directory.Exists(mounts)) return [];
        return [.. Directory.GetDirectories(mounts).SelectMany(folder => (string[])[Text(Path.Combine(folder, "mount-id")), Text(Path.Combine(folder, "init-id"))])];
    }

    private void Add(string name, TreeEntry entry)
    {
        var xattrs = string.Concat(entry.Xattrs.Select(xattr => $" {TreeText.Show(xattr.Name)}={TreeText.Show(xattr.Value)}"));
        _facts.Add(name, $"{entry.Kind} {Convert.ToString(entry.Mode, 8)} {entry.UserId}:{entry.GroupId}{xattrs}");
    }

    private void Count(string name) => _facts[name] = $"{int.Parse(_facts.GetValueOrDefault(name, "0")) + 1}";

    private static string Chain(Dictionary<string, string> chains, string name) => chains.GetValueOrDefault(name, "no layer");

    private static string Form(string name, int length, string characters) =>
        name.Length == length && !name.AsSpan().ContainsAnyExcept(characters) ? "of the right form" : $"'{name}' is not of the right form";

    private static string Text(string file) => File.Exists(file) ? Encoding.Latin1.GetString(File.ReadAllBytes(file)) : "";

    private static string Digest(string file) => Oci.Digest.Sha256(File.ReadAllBytes(file)).ToString();
}
