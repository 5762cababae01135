using System.Globalization;
using EtchStream.Engine;
using EtchStream.Oci;

namespace EtchStream.Inspect;

/// <summary>
/// Lists an engine's store: images, layers, sizes. Looks at no file of a layer. What is broken is told and passed over; how much is looked
/// at has limits that no real store comes near.
/// </summary>
internal sealed class StoreInspector(StoreReader store, CancellationToken cancellationToken)
{
    private const int MaxImages = 10_000;
    private const int MaxLayersOfImage = 1000;
    private const int MaxLayersInAll = 100_000;
    private const long MaxConfigs = 256 << 20;
    private const long MaxSize = 1L << 50;

    private readonly ReportProblems _problems = new();
    private readonly StoreTally _tally = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Digest, List<string>> _namesOf = [];
    private readonly HashSet<Digest> _listed = [];
    private long _configBytes;
    private int _layerCount;

    /// <summary>Lists it.</summary>
    public StoreReport Inspect()
    {
        _problems.Try(ReadNames);
        var inStore = 0;
        _problems.Try(() => inStore = ReadImages());
        var unused = 0;
        _problems.Try(() => unused = store.ChainIds().Count(chain => !_tally.Has($"sha256:{chain}")));
        var isCut = _listed.Count < inStore;
        return new StoreReport
        {
            Root = store.ShownRoot,
            Images = _tally.Images,
            Layers = _tally.Layers,
            Bytes = _tally.Bytes,
            ImageBytes = _tally.ImageBytes,
            UnusedLayers = isCut ? 0 : unused,
            Problems = isCut ? [$"it has {inStore} images, of which {_listed.Count} were looked at: more would take too long", .. _problems.Lines] : _problems.Lines,
        };
    }

    /// <summary>Finds what a reference leads to.</summary>
    /// <returns>The name in the store and the image ID that it leads to, both null where the name is not there; and whether the image is.</returns>
    public (string? Name, string? ImageId, bool IsThere) Resolve(ImageReference reference)
    {
        var name = StoreName.Of(reference);
        if (!_names.TryGetValue(name, out var imageId)) return (null, null, false);
        return (name, imageId, Digest.TryParse(imageId, out var id) && store.FindImage(id) is not null);
    }

    private void ReadNames()
    {
        foreach (var (_, name, imageId) in store.ReadRepositories().References)
        {
            // An engine finds a name in its own repository only; which one that is, check looks at.
            _names.TryAdd(name, imageId);
            if (!Digest.TryParse(imageId, out var id)) _problems.Add($"the name {name} leads to {imageId}, which is no image's ID");
            else if (_namesOf.TryGetValue(id, out var names)) names.Add(name);
            else _namesOf.Add(id, [name]);
        }
    }

    /// <summary>Reads all images, those with names first.</summary>
    /// <returns>How many there are.</returns>
    private int ReadImages()
    {
        var ids = new HashSet<Digest>();
        foreach (var text in store.ImageIds())
        {
            if (Digest.TryParse($"sha256:{text}", out var id)) ids.Add(id);
            else _problems.Add($"imagedb has {text}, which is no image's ID");
        }

        foreach (var (id, names) in _namesOf.Where(n => !ids.Contains(n.Key))) _problems.Add($"the name {names[0]} leads to the image {id}, which is not there");
        var named = _namesOf.Where(n => ids.Contains(n.Key)).OrderBy(n => n.Value[0], StringComparer.Ordinal).Select(n => n.Key);
        foreach (var id in named.Concat(ids.Where(id => !_namesOf.ContainsKey(id)).OrderBy(id => id.Hex, StringComparer.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_listed.Count >= MaxImages || _configBytes > MaxConfigs || _layerCount > MaxLayersInAll) break;
            _listed.Add(id);
            _problems.Try(() => ReadImage(id));
        }

        return ids.Count;
    }

    private void ReadImage(Digest id)
    {
        // What is read and refused counts too.
        _configBytes += store.FindImage(id) ?? 0;
        if (store.ReadImage(id) is not { } config) return;
        if (config.DiffIds.Count > MaxLayersOfImage)
        {
            _problems.Add($"the image {id} has {config.DiffIds.Count} layers, more than any engine takes");
            return;
        }

        _layerCount += config.DiffIds.Count;
        var chainIds = ChainId.Compute(config.DiffIds);
        var texts = new string[chainIds.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = chainIds[i].ToString();
            if (!_tally.Has(texts[i])) _tally.Add(ReadLayer(chainIds[i], texts[i], config.DiffIds[i], id));
        }

        _tally.Add(id.ToString(), _namesOf.GetValueOrDefault(id) ?? [], config.Platform?.ToString(), texts);
    }

    private StoreLayerReport ReadLayer(ChainId chain, string chainId, DiffId diffId, Digest image)
    {
        long? size = null;
        _problems.Try(() =>
        {
            var record = store.ReadLayerEntry(chain.Hex);
            if (record is null) _problems.Add($"the image {image} has the layer {chainId}, which is not there");
            else if (record.DiffId != diffId.ToString()) _problems.Add($"the layer {chainId} is said to have the diff ID {record.DiffId ?? "nothing"}, and its image says {diffId}");
            if (record is null) return;
            if (long.TryParse(record.Size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes <= MaxSize) size = bytes;
            else _problems.Add($"the layer {chainId} has no size");
        });
        return new StoreLayerReport { ChainId = chainId, DiffId = diffId.ToString(), Size = size };
    }
}
