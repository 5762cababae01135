using System.Text;
using EtchStream.Engine;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Containers.Engines;

/// <summary>The images of one engine's store, and which of them a name means.</summary>
internal sealed class EngineImages : IDisposable
{
    private const int ShortestId = 4;
    private readonly StoreReader _store;
    private readonly string _path;
    private readonly Dictionary<string, Digest> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Digest, List<ImageReference>> _names = [];

    private EngineImages(StoreReader store, string path)
    {
        _store = store;
        _path = path;
    }

    /// <summary>Opens a store and reads its names.</summary>
    /// <param name="path">Where it is, see <see cref="EngineRoot"/>.</param>
    /// <param name="expand">Whether a compressed file may be expanded.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<EngineImages> OpenAsync(string path, bool expand, CancellationToken cancellationToken)
    {
        var store = await EngineRoot.OpenAsync(path, expand, cancellationToken).ConfigureAwait(false);
        var images = new EngineImages(store, path);
        try
        {
            foreach (var (_, name, imageId) in store.ReadRepositories().References) images.Add(name, imageId);
            return images;
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>All images that have a name, in the order of their first names.</summary>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    public IEnumerable<EngineImageSource> All() => _names.Count > 0
        ? _names.Keys.Select(Source)
        : throw new ImageNotFoundException($"engine:{_path}", "no image in it has a name");

    /// <summary>The image that a user means: by name, by name and digest, by ID or its beginning.</summary>
    /// <exception cref="ImageNotFoundException">There is none, or more than one.</exception>
    public EngineImageSource Find(string text)
    {
        if (ImageReference.TryParse(text, out var reference) && TryFind(reference) is { } named) return named;
        var hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text;
        var found = hex.Length < ShortestId || hex.AsSpan().ContainsAnyExcept("0123456789abcdef") ? [] : _store.ImageIds().Where(id => id.StartsWith(hex, StringComparison.Ordinal)).Take(2).ToList();
        if (found.Count == 1) return Source(Digest.Parse($"sha256:{found[0]}"));
        throw new ImageNotFoundException($"engine:{_path}", found.Count > 1
            ? $"several images have an ID that begins with {hex}; give more of it"
            : $"there is no image '{Shown(text)}' in it; it has {Describe()}");
    }

    /// <summary>The image of exactly this name; null where there is none.</summary>
    public EngineImageSource? TryFind(ImageReference reference) => _byName.TryGetValue(ImageNames.Of(reference, named: null).First(), out var imageId) ? Source(imageId) : null;

    /// <summary>The image with this ID; null where there is none.</summary>
    public EngineImageSource? TryFind(Digest imageId) => _names.ContainsKey(imageId) || _store.ReadImage(imageId) is not null ? Source(imageId) : null;

    /// <inheritdoc/>
    public void Dispose() => _store.Tree.Dispose();

    private void Add(string name, string imageId)
    {
        if (!ImageReference.TryParse(name, out var reference) || !Digest.TryParse(imageId, out var id))
            throw new CorruptImageException($"engine:{_path}", $"its list of images has '{Shown(name)}' for '{Shown(imageId)}', which is no image's name and ID");
        _byName[name] = id;
        if (!_names.TryGetValue(id, out var names)) _names.Add(id, names = []);
        names.Add(reference);
    }

    private EngineImageSource Source(Digest imageId)
    {
        var names = _names.GetValueOrDefault(imageId) ?? [];
        return new EngineImageSource(_store, imageId, names, $"engine:{_path}:{(names.Count > 0 ? names[0].ToFamiliarString() : imageId.ToString())}");
    }

    // What a store or a command line holds may have any characters.
    private static string Shown(string text) => PathText.Of(Encoding.UTF8.GetBytes(text));

    private string Describe()
    {
        const int Shown = 20;
        var names = string.Join(", ", _byName.Keys.Where(n => !n.Contains('@')).Take(Shown));
        return names.Length == 0 ? $"{_names.Count} images without a tag" : _byName.Count > Shown ? names + ", …" : names;
    }
}
