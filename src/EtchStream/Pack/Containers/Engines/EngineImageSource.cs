using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Containers.Engines;

/// <summary>One image of an engine's store: its config byte for byte, all its names there, and its layers' tars, rebuilt from tar-split.</summary>
/// <param name="store">The store.</param>
/// <param name="imageId">The image's ID.</param>
/// <param name="names">Its names in the store.</param>
/// <param name="location">Where it is, as the user wrote it.</param>
internal sealed class EngineImageSource(StoreReader store, Digest imageId, IReadOnlyList<ImageReference> names, string location) : IImageSource
{
    // Docker's word for a layer that is not compressed.
    private const string LayerType = "application/vnd.docker.image.rootfs.diff.tar";

    private readonly Dictionary<Digest, LayerRecord> _layers = [];

    /// <inheritdoc/>
    public string Location => location;

    /// <inheritdoc/>
    public Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default)
    {
        var config = store.ReadImage(imageId) ?? throw new CorruptImageException(location, $"the store names the image {imageId} and has no config of it");
        ImagePlatform.Require(location, config, platform);
        var blobs = new List<Descriptor>(config.DiffIds.Count);
        foreach (var (chain, diffId) in ChainId.Compute(config.DiffIds).Zip(config.DiffIds))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = Layer(chain, diffId);
            _layers[diffId.Digest] = record;
            blobs.Add(new Descriptor(LayerType, diffId.Digest, LayerReplay.Measure(store.Tree, record.TarSplit!, NameOf(diffId))));
        }

        return Task.FromResult(ResolvedImage.Of(config, blobs, location, names));
    }

    /// <inheritdoc/>
    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        if (!_layers.TryGetValue(blob.Digest, out var layer)) throw new CorruptImageException(location, $"it has no layer {blob.Digest}");
        var name = $"layer {blob.Digest} of {location}";
        return Task.FromResult<Stream>(new VerifyingStream(LayerReplay.Open(store.Tree, layer.TarSplit!, layer.Diff!, name), blob.Digest, blob.Size, name));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private LayerRecord Layer(ChainId chain, DiffId diffId)
    {
        var record = store.ReadLayer(chain.Hex) ?? throw new CorruptImageException(location, $"the store has no layer {chain}, on which the image is built");
        if (record.DiffId != diffId.ToString()) throw new CorruptImageException(location, $"the store takes its layer {chain} for {record.DiffId ?? "nothing"}, where the image has {diffId}");
        if (record.Diff is null) throw new CorruptImageException(location, $"the store has no files of its layer {diffId}");
        if (record.TarSplit is null)
        {
            throw new UnsupportedFormatException(
                "layer without tar-split",
                $"{location}: the store does not keep how its layer {diffId} was made (no tar-split.json.gz; some preloading tools leave it out), so that it cannot be rebuilt; take the image from its registry, or pull it with an engine again");
        }

        return record;
    }

    private string NameOf(DiffId diffId) => $"layer {diffId} of {location}";
}
