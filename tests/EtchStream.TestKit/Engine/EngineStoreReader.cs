using System.Text;

namespace EtchStream.TestKit.Engine;

/// <summary>Reads a data root into an <see cref="EngineStore"/>.</summary>
internal sealed partial class EngineStoreReader(string dataRoot)
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
