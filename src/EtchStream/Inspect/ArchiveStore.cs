using System.Globalization;
using System.Text;
using EtchStream.Archive;
using EtchStream.Engine;
using EtchStream.Oci;
using EtchStream.Unpack;

namespace EtchStream.Inspect;

/// <summary>What an archive brings for a container engine: images and layers as its manifest has them, and the sizes that are among its members.</summary>
internal sealed class ArchiveStore
{
    /// <summary>The longest file <c>size</c> that is read.</summary>
    public const int MaxSizeLength = 32;

    private static readonly byte[] s_end = "/size"u8.ToArray();
    private readonly Dictionary<string, long> _sizes = new(StringComparer.Ordinal);
    private HashSet<string>? _wanted;

    /// <summary>Whether a member holds the size of a layer that the manifest names.</summary>
    /// <returns>The layer's chain ID; null where it is another file.</returns>
    public string? ChainOfSize(ArchiveManifest manifest, in ArchivePath path)
    {
        if (manifest.Engine is not { } engine || !path.Path.EndsWith(s_end) || !path.Partition.SequenceEqual(Encoding.UTF8.GetBytes(engine.Partition))) return null;
        var folder = Encoding.UTF8.GetBytes($"{(engine.Root.Length == 0 ? "" : engine.Root + "/")}image/{engine.Driver}/layerdb/sha256/");
        if (!path.Path.StartsWith(folder)) return null;
        var chain = $"sha256:{Encoding.UTF8.GetString(path.Path[folder.Length..^s_end.Length])}";
        _wanted ??= (manifest.Layers ?? []).Select(l => l.ChainId).ToHashSet(StringComparer.Ordinal);
        return _wanted.Contains(chain) ? chain : null;
    }

    /// <summary>Takes the content of such a member.</summary>
    public void TakeSize(string chainId, ReadOnlySpan<byte> content)
    {
        if (long.TryParse(content, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) _sizes[chainId] = size;
    }

    /// <summary>The report.</summary>
    /// <returns>Null where the archive brings no images.</returns>
    public StoreReport? Report(ArchiveManifest manifest)
    {
        if (manifest.Engine is not { } engine || manifest.Containers is not { } containers) return null;
        var tally = new StoreTally();
        foreach (var layer in manifest.Layers ?? [])
        {
            if (tally.Has(layer.ChainId)) continue;
            tally.Add(new StoreLayerReport { ChainId = layer.ChainId, DiffId = layer.DiffId, Size = _sizes.TryGetValue(layer.ChainId, out var size) ? size : null, IsReused = layer.IsReused });
        }

        foreach (var container in containers) tally.Add(container.ImageId, container.Names, platform: null, container.Layers);
        return new StoreReport { Root = "/" + engine.Root, Partition = engine.Partition, Images = tally.Images, Layers = tally.Layers, Bytes = tally.Bytes, ImageBytes = tally.ImageBytes };
    }

    /// <summary>Looks for each service's image among those that the archive brings.</summary>
    public static AppsReport Resolve(IReadOnlyList<ManifestService> services, StoreReport? store)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in store?.Images ?? [])
        {
            foreach (var name in image.Tags.Concat(image.Digests)) names.TryAdd(name, image.ImageId);
        }

        return new AppsReport
        {
            Services = [.. services.Select(service =>
            {
                var name = ImageReference.TryParse(service.Image, out var reference) ? StoreName.Of(reference) : service.Image;
                var id = names.GetValueOrDefault(name);
                return new AppsServiceReport { App = service.App, Release = service.Release, Service = service.Service, Image = service.Image, StoreName = id is null ? null : name, ImageId = id, IsMissing = id is null };
            })],
        };
    }
}
