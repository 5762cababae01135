using EtchStream.Engine;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack.Overlay2;

namespace EtchStream.Pack.Containers;

/// <summary>
/// Which images and layers are packed: everything that manifests and configs tell, which is all but the layers' contents. Images of the
/// same ID are one, layers of the same chain are one, in the order in which the user named them, base first.
/// </summary>
internal sealed class ContainerPlan : IAsyncDisposable
{
    /// <summary>Layers that engines put on each other at most (moby's layer store).</summary>
    private const int MaxLayers = 125;

    private const int ResolvedAtOnce = 4;

    private IReadOnlyList<(ImageLocation Location, IImageSource Source)> _sources = [];
    private readonly List<PlannedImage> _images = [];
    private readonly List<EngineLayer> _layers = [];
    private readonly Dictionary<ChainId, EngineLayer> _byChain = [];
    private readonly Dictionary<DiffId, Digest> _blobs = [];
    private readonly List<FetchedBlob> _fetched = [];
    private readonly Dictionary<string, PlannedImage> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedImage> _byLocation = new(StringComparer.Ordinal);

    private readonly Func<ImageLayer, StoredLayer?> _find;

    private ContainerPlan(Func<ImageLayer, StoredLayer?> find) => _find = find;

    /// <summary>The images.</summary>
    public IReadOnlyList<PlannedImage> Images => _images;

    /// <summary>The layers, each behind its parent.</summary>
    public IReadOnlyList<EngineLayer> Layers => _layers;

    /// <summary>The layers that the store of the disk image does not have.</summary>
    public IReadOnlyList<EngineLayer> NewLayers => _layers.FindAll(l => l.Stored is null);

    /// <summary>The blobs that come from registries.</summary>
    public IReadOnlyList<FetchedBlob> FetchedBlobs => _fetched;

    /// <summary>Things worth knowing, one line each.</summary>
    public IEnumerable<string> Warnings => _images.Where(i => i.Names.Count == 0)
        .Select(i => $"{i.Location} has no name of its own: on the device it is known by its ID {i.Config.ImageId} alone, and a prune takes it away");

    /// <summary>Looks up all images.</summary>
    /// <param name="locations">Where they are; what occurs twice counts once.</param>
    /// <param name="platform">What they have to run on.</param>
    /// <param name="opener">Opens them; it has to live as long as the plan.</param>
    /// <param name="find">What the store of the disk image has of a layer.</param>
    /// <param name="counters">Get to know how far it is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<ContainerPlan> ResolveAsync(IEnumerable<ImageLocation> locations, PlatformChoice platform, ImageOpener opener, Func<ImageLayer, StoredLayer?> find, PackCounters counters, CancellationToken cancellationToken)
    {
        var plan = new ContainerPlan(find);
        try
        {
            plan._sources = await opener.OpenAsync([.. locations.DistinctBy(KeyOf, StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
            var resolved = new ResolvedImage[plan._sources.Count];
            await Parallel.ForAsync(
                0,
                resolved.Length,
                new ParallelOptions { MaxDegreeOfParallelism = ResolvedAtOnce, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    var source = plan._sources[i].Source;
                    using var wait = counters.Waits.Add(source.Location);
                    wait.Begin();
                    resolved[i] = await platform.ResolveAsync(source, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            for (var i = 0; i < resolved.Length; i++) plan.Add(plan._sources[i].Location, plan._sources[i].Source, resolved[i]);
            return plan;
        }
        catch
        {
            await plan.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The image that was found at a location.</summary>
    public PlannedImage ImageAt(ImageLocation location) => _byLocation[KeyOf(location)];

    /// <summary>Gives an image a further name.</summary>
    /// <exception cref="CorruptImageException">It is the name of another image.</exception>
    public void AddName(PlannedImage image, ImageReference reference, string name, ImageLocation location)
    {
        if (_byName.TryAdd(name, image)) image.Names.Add((reference, name));
        else if (_byName[name] is var other && other != image)
            throw new CorruptImageException(location.Text, $"{name} is the name of two different images, this one and that of {other.Location}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, source) in _sources) await source.DisposeAsync().ConfigureAwait(false);
    }

    private static string KeyOf(ImageLocation location) => location.Reference?.ToString() ?? location.Text;

    private void Add(ImageLocation location, IImageSource source, ResolvedImage image)
    {
        if (image.Layers.Count > MaxLayers)
            throw new UnsupportedImageException("number of layers", $"{location}: the image has {image.Layers.Count} layers; engines take {MaxLayers}, squash some of them");

        EngineLayer? parent = null;
        foreach (var layer in image.Layers)
        {
            if (!_byChain.TryGetValue(layer.ChainId, out var known))
            {
                // One whose parent is not there is of no use: it lies on the parent's link.
                known = EngineLayer.On(parent, layer, source, parent is null or { Stored: not null } ? _find(layer) : null);
                _byChain.Add(layer.ChainId, known);
                _layers.Add(known);
                if (known.Stored is null) _blobs.TryAdd(layer.DiffId, layer.Blob.Digest);
            }

            parent = known;
        }

        var planned = _images.Find(i => i.Config.ImageId == image.Config.ImageId);
        if (planned is null) _images.Add(planned = new PlannedImage(image.Config, [.. image.Layers.Select(l => l.ChainId)]) { Location = source.Location });
        _byLocation.TryAdd(KeyOf(location), planned);
        AddNames(planned, image, source, location);
        if (source is RegistrySource) AddFetched(location.Reference!, image);
    }

    private void AddNames(PlannedImage planned, ResolvedImage image, IImageSource source, ImageLocation location)
    {
        foreach (var reference in image.References)
        {
            // A layout's digest is no registry's word: only what was fetched by its name is known to be had by that digest.
            foreach (var name in ImageNames.Of(reference, source is RegistrySource ? image.NamedDigest : null))
            {
                AddName(planned, reference, name, location);
            }
        }
    }

    // Only a blob that is really fetched is verified: another one, of which an image says that it holds the same tar, is not.
    private void AddFetched(ImageReference reference, ResolvedImage image)
    {
        foreach (var layer in image.Layers)
        {
            if (!_blobs.TryGetValue(layer.DiffId, out var fetched) || fetched != layer.Blob.Digest || !fetched.IsSha256) continue;
            var blob = new FetchedBlob(layer.Blob.Digest, layer.DiffId, reference.Name);
            if (!_fetched.Contains(blob)) _fetched.Add(blob);
        }
    }
}
