namespace EtchStream.Oci.Content;

/// <summary>An image whose metadata was read and verified, for one platform.</summary>
public sealed class ResolvedImage
{
    private ResolvedImage(ImageConfig config, IReadOnlyList<ImageLayer> layers)
    {
        Config = config;
        Layers = layers;
    }

    /// <summary>
    /// The image's name in a registry: as asked for, or as an archive or layout records it. Null where the source has no name for it.
    /// </summary>
    public ImageReference? Reference { get; init; }

    /// <summary>All names that the source gives the image where none was asked for: an archive may have several. Otherwise <see cref="Reference"/> alone, if there is one.</summary>
    public IReadOnlyList<ImageReference> References { get; init; } = [];

    /// <summary>
    /// The digest that the reference named: the index's for a multi-platform image, else the manifest's. An engine records this one.
    /// Null for a <c>docker save</c> archive, which has no manifest.
    /// </summary>
    public Digest? NamedDigest { get; init; }

    /// <summary>The digest of the chosen platform's manifest; null for a <c>docker save</c> archive.</summary>
    public Digest? ManifestDigest { get; init; }

    /// <summary>The chosen platform's manifest; null for a <c>docker save</c> archive.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>The config, byte for byte, with the image ID.</summary>
    public ImageConfig Config { get; }

    /// <summary>The layers, base first.</summary>
    public IReadOnlyList<ImageLayer> Layers { get; }

    /// <summary>An image that no manifest describes, known by its config and its layers' blobs.</summary>
    /// <param name="config">The config.</param>
    /// <param name="blobs">A blob for each of its diff IDs.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="references">The names that it has.</param>
    /// <exception cref="CorruptImageException">There are not as many blobs as diff IDs.</exception>
    public static ResolvedImage Of(ImageConfig config, IReadOnlyList<Descriptor> blobs, string name, IReadOnlyList<ImageReference> references)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(blobs);
        return Create(blobs, config, name, reference: null, named: null, manifestDigest: null, manifest: null, references);
    }

    /// <summary>Puts manifest and config together.</summary>
    /// <exception cref="CorruptImageException">They do not have the same number of layers.</exception>
    internal static ResolvedImage Create(
        IReadOnlyList<Descriptor> blobs, ImageConfig config, string name, ImageReference? reference, Digest? named, Digest? manifestDigest, Manifest? manifest, IReadOnlyList<ImageReference>? references = null)
    {
        if (blobs.Count != config.DiffIds.Count)
            throw new CorruptImageException(name, $"it has {blobs.Count} layers where its config lists {config.DiffIds.Count} diff IDs");
        var chain = ChainId.Compute(config.DiffIds);
        var layers = new ImageLayer[blobs.Count];
        for (var i = 0; i < layers.Length; i++) layers[i] = new ImageLayer(blobs[i], config.DiffIds[i], chain[i]);
        return new ResolvedImage(config, layers) { Reference = reference, References = references ?? (reference is null ? [] : [reference]), NamedDigest = named, ManifestDigest = manifestDigest, Manifest = manifest };
    }
}
