using System.Globalization;
using System.Security.Cryptography;
using EtchStream.Balena;
using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Trees;

namespace EtchStream.Check;

/// <summary>
/// Checks a container engine's store: every name has its image, every image its layers, every layer lies on the right ones, and its files
/// are those that it was made of: its tar, rebuilt, has the digest that the image asks for.
/// </summary>
internal sealed class StoreCheck(StoreReader store, string place, CheckRun run)
{
    private const int PieceSize = 1 << 20;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<Digest> _images = [];
    private readonly Dictionary<string, LayerRecord?> _layers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parents = new(StringComparer.Ordinal);

    /// <summary>The names of all images.</summary>
    public IReadOnlySet<string> Names => _names;

    /// <summary>How many images there are.</summary>
    public int ImageCount => _images.Count;

    /// <summary>How many layers they have.</summary>
    public int LayerCount => _layers.Count;

    /// <summary>Runs.</summary>
    public void Run(DeviceFacts device)
    {
        run.Show(CheckPhase.Layers, place);
        run.Try(place, CheckNames);
        run.Try(place, () =>
        {
            foreach (var id in store.ImageIds())
            {
                if (Digest.TryParse($"sha256:{id}", out var imageId)) run.Try(place, () => CheckImage(imageId, device.Board));
                else run.Error(place, $"imagedb has {id}, which is no image's ID");
            }
        });
        foreach (var (chain, record) in _layers)
        {
            if (record is null) continue;
            if (_parents.Contains(chain) && !record.IsCommitted) run.Warn(place, $"layer {Short(chain)} lies under another one and is not marked so (the file committed is missing)");
            run.Try(place, () => Replay(record));
        }

        run.Try(place, CheckRest);
    }

    private void CheckNames()
    {
        foreach (var (repository, name, imageId) in store.ReadRepositories().References)
        {
            _names.Add(name);
            if (!name.StartsWith(repository + ":", StringComparison.Ordinal) && !name.StartsWith(repository + "@sha256:", StringComparison.Ordinal))
                run.Error(place, $"the name {name} stands under the repository {repository}, where an engine does not look for it");
            if (!Digest.TryParse(imageId, out var id)) run.Error(place, $"the name {name} leads to {imageId}, which is no image's ID");
            else run.Try(place, () =>
            {
                if (store.ReadImage(id) is null) run.Error(place, $"the name {name} leads to the image {imageId}, which is not there");
            });
        }
    }

    private void CheckImage(Digest imageId, DeviceType? board)
    {
        if (!_images.Add(imageId) || store.ReadImage(imageId) is not { } config) return;
        if (board is not null && config.Platform is { } platform && board.Platforms.Count > 0 && board.Platforms.All(p => Platform.Parse(p).Suitability(platform) == 0))
            run.Warn(place, $"the image {Short(imageId.Hex)} is for {platform} by its config, and the board {board.Slug} is {board.Architecture}");
        string? parent = null;
        string? lower = null;
        foreach (var (chain, diffId) in ChainId.Compute(config.DiffIds).Zip(config.DiffIds))
        {
            if (parent is not null) _parents.Add(parent);
            var isNew = _layers.TryAdd(chain.Hex, null);
            if (isNew) _layers[chain.Hex] = CheckLayer(chain, diffId, parent, lower);
            var record = _layers[chain.Hex];

            // Without it nothing that lies on it can be told to be right.
            if (record is null)
            {
                if (isNew) run.Error(place, $"the image {Short(imageId.Hex)} has the layer {Short(chain.Hex)}, which is not there");
                return;
            }

            lower = lower is null ? $"l/{record.Link}" : $"l/{record.Link}:{lower}";
            parent = chain.Hex;
        }
    }

    private LayerRecord? CheckLayer(ChainId chain, DiffId diffId, string? parent, string? lower)
    {
        if (store.ReadLayer(chain.Hex) is not { } record) return null;
        var layer = $"layer {Short(chain.Hex)}";
        if (record.DiffId != diffId.ToString()) run.Error(place, $"{layer} is said to have the diff ID {record.DiffId ?? "nothing"}, and its image says {diffId}");
        var expectedParent = parent is null ? null : $"sha256:{parent}";
        if (record.Parent != expectedParent) run.Error(place, $"{layer} is said to lie on {record.Parent ?? "nothing"}, and it lies on {expectedParent ?? "nothing"}");
        if (!long.TryParse(record.Size, NumberStyles.None, CultureInfo.InvariantCulture, out _)) run.Error(place, $"{layer} has no size");
        if (record.CacheId is null || !StoredLayer.IsCacheId(record.CacheId)) run.Error(place, $"{layer} has no cache ID, so its files cannot be found");
        else if (record.Diff is null) run.Error(place, $"{layer} has no files: overlay2/{Short(record.CacheId)}…/diff is missing");
        if (record.Link is null || !StoredLayer.IsLink(record.Link)) run.Error(place, $"{layer} has no link by which others lie on it");
        else if (store.LinkTarget(record.Link) is var target && target != $"../{record.CacheId}/diff") run.Error(place, $"{layer}: its link overlay2/l/{record.Link} leads to {target ?? "nothing"}, and not to its files");
        CheckLower(record, layer, lower);
        return record;
    }

    private void CheckLower(LayerRecord record, string layer, string? expected)
    {
        if (record.Lower == expected) return;
        if (record.Lower is null) run.Error(place, $"{layer} does not say which layers it lies on (the file lower is missing)");
        else if (expected is null) run.Error(place, $"{layer} says that it lies on others, and is a base");
        else
        {
            var (said, right) = (record.Lower.Split(':'), expected.Split(':'));
            var isOrder = said.Length == right.Length && said.Order(StringComparer.Ordinal).SequenceEqual(right.Order(StringComparer.Ordinal), StringComparer.Ordinal);
            if (isOrder) run.Error(place, $"{layer} lists the layers under it in the wrong order, so containers see older files over newer ones");

            // An archive's own name for a layer that the engine had before is a second link to the same files.
            else if (said.Length != right.Length || said.Zip(right).Any(pair => Target(pair.First) is null || Target(pair.First) != Target(pair.Second)))
                run.Error(place, $"{layer} lists other layers under it than there are");
        }
    }

    private string? Target(string link) => link.StartsWith("l/", StringComparison.Ordinal) ? store.LinkTarget(link[2..]) : null;

    private void Replay(LayerRecord record)
    {
        if (record.Diff is null || record.DiffId is null) return;
        var layer = $"layer {Short(record.ChainId)}";
        if (record.TarSplit is null)
        {
            run.Error(place, $"{layer} has no tar-split.json.gz: it cannot be verified, and the device can apply no delta update to its image");
            return;
        }

        using var tar = LayerReplay.Open(store.Tree, record.TarSplit, record.Diff, layer);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceSize];
        while (tar.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            run.Advance(place, count);
        }

        var actual = $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
        if (actual != record.DiffId) run.Error(place, $"{layer}: rebuilt from its files it is {actual}, and not {record.DiffId}: a file or the record of it was changed");
    }

    /// <summary>What is there and belongs to no image.</summary>
    private void CheckRest()
    {
        foreach (var chain in store.ChainIds().Where(c => !_layers.ContainsKey(c))) run.Warn(place, $"layer {Short(chain)} belongs to no image");
        foreach (var link in store.Links())
        {
            if (store.LinkTarget(link) is { } target && !(target.StartsWith("../", StringComparison.Ordinal) && store.Tree.Find($"{store.ShownRoot}/overlay2/{target[3..]}") is not null))
                run.Warn(place, $"the link overlay2/l/{link} leads to nothing");
        }
    }

    private static string Short(string hex) => hex.Length > 12 ? hex[..12] : hex;
}
