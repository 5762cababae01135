using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack.Containers.Engines;

namespace EtchStream.Pack.Containers;

/// <summary>
/// Opens the images that a run asks for. An engine's store stands for several; and what an engine's store has under exactly the name
/// that is asked for, is taken from there and not from its registry.
/// </summary>
internal sealed class ImageOpener(ContainerOptions options, RegistryClient registries) : IDisposable
{
    private readonly Dictionary<string, EngineImages> _engines = new(StringComparer.Ordinal);
    private IReadOnlyList<string>? _filter;

    /// <summary>Opens all images.</summary>
    /// <param name="locations">Where they are, in order.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Each with the location that asked for it. The sources are the caller's.</returns>
    /// <exception cref="ImageNotFoundException">A store does not have what is asked of it.</exception>
    public async Task<IReadOnlyList<(ImageLocation Location, IImageSource Source)>> OpenAsync(IReadOnlyList<ImageLocation> locations, CancellationToken cancellationToken)
    {
        foreach (var engine in locations.Where(l => l.Kind == ImageLocationKind.Engine))
        {
            if (!_engines.ContainsKey(engine.Path!)) _engines.Add(engine.Path!, await EngineImages.OpenAsync(engine.Path!, options.Expand, cancellationToken).ConfigureAwait(false));
        }

        if (options.EngineImagesPath is { } path) _filter = await ImageFilter.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        RequireFiltered();
        var opened = new List<(ImageLocation, IImageSource)>();
        try
        {
            foreach (var location in locations)
            {
                if (location.Kind == ImageLocationKind.Engine) opened.AddRange(FromEngine(location).Select(s => (location, (IImageSource)s)));
                else opened.Add((location, TryEngines(location) ?? await ImageSources.OpenAsync(location, registries, cancellationToken).ConfigureAwait(false)));
            }

            return opened;
        }
        catch
        {
            foreach (var (_, source) in opened) await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var engine in _engines.Values) engine.Dispose();
    }

    private IEnumerable<EngineImageSource> FromEngine(ImageLocation location)
    {
        var images = _engines[location.Path!];
        if (location.Name is { } name) return [images.Find(name)];
        return _filter is null ? images.All() : _filter.Select(wanted => Find(images, wanted)).OfType<EngineImageSource>();
    }

    private EngineImageSource? TryEngines(ImageLocation location) =>
        location.Reference is { } reference ? _engines.Values.Select(e => e.TryFind(reference)).FirstOrDefault(s => s is not null) : null;

    private void RequireFiltered()
    {
        var missing = (_filter ?? []).Where(wanted => _engines.Values.All(e => Find(e, wanted) is null)).ToList();
        if (missing.Count > 0) throw new ImageNotFoundException(options.EngineImagesPath!, $"no engine's store that was given has {string.Join(", ", missing)}");
    }

    private static EngineImageSource? Find(EngineImages images, string wanted) =>
        Digest.TryParse(wanted, out var imageId) ? images.TryFind(imageId) : ImageReference.TryParse(wanted, out var reference) ? images.TryFind(reference) : null;
}
