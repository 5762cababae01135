using EtchStream.Dataflow;

namespace EtchStream.Inspect;

/// <summary>Adds up images and the layers that they share.</summary>
internal sealed class StoreTally
{
    private readonly Dictionary<string, StoreLayerReport> _byChain = new(StringComparer.Ordinal);
    private readonly List<StoreLayerReport> _layers = [];
    private readonly List<StoreImageReport> _images = [];

    /// <summary>The images so far.</summary>
    public IReadOnlyList<StoreImageReport> Images => _images;

    /// <summary>The layers so far, each once.</summary>
    public IReadOnlyList<StoreLayerReport> Layers => _layers;

    /// <summary>Bytes of the layers, each once.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the images added up.</summary>
    public long ImageBytes { get; private set; }

    /// <summary>Whether a layer is known, by its chain ID.</summary>
    public bool Has(string chainId) => _byChain.ContainsKey(chainId);

    /// <summary>Takes a layer that is not known yet.</summary>
    public void Add(StoreLayerReport layer)
    {
        _byChain.Add(layer.ChainId, layer);
        _layers.Add(layer);
        Bytes = ByteSum.Add(Bytes, layer.Size ?? 0);
    }

    /// <summary>Takes an image.</summary>
    /// <param name="imageId">Its ID.</param>
    /// <param name="names">Its names, by tag and by digest.</param>
    /// <param name="platform">Its platform.</param>
    /// <param name="chainIds">Its layers; those that are not known make its size unknown.</param>
    public void Add(string imageId, IEnumerable<string> names, string? platform, IReadOnlyList<string> chainIds)
    {
        long? size = 0;
        foreach (var chainId in chainIds)
        {
            var layer = _byChain.GetValueOrDefault(chainId);
            if (layer is not null) layer.Images++;
            ImageBytes = ByteSum.Add(ImageBytes, layer?.Size ?? 0);
            size = size is { } sum && layer?.Size is { } bytes ? ByteSum.Add(sum, bytes) : null;
        }

        var all = names.ToLookup(Engine.StoreName.IsDigest);
        _images.Add(new StoreImageReport { ImageId = imageId, Tags = [.. all[false]], Digests = [.. all[true]], Platform = platform, Size = size, Layers = chainIds });
    }
}
