using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Trees;

namespace EtchStream.Engine;

/// <summary>Reads the store of a container engine at rest, with the storage driver overlay2: names, images, layers.</summary>
internal sealed class StoreReader
{
    private const string Metadata = "image/overlay2";
    private const int MaxRepositories = 16 << 20;

    // Where engines have it: a data root itself, a partition of balenaOS, of a plain Docker host, of a host with balenaEngine.
    private static readonly string[] s_places = ["", "docker", "var/lib/docker", "var/lib/balena-engine", "balena-engine", "balena", "var/lib/balena"];

    private readonly IFileTree _tree;
    private readonly string _root;

    /// <summary>Reads a store.</summary>
    /// <param name="tree">The tree that it is in.</param>
    /// <param name="root">The engine's data root there, without a slash at either end.</param>
    public StoreReader(IFileTree tree, string root)
    {
        _tree = tree;
        _root = root.Length == 0 ? "" : root + "/";
    }

    /// <summary>The tree.</summary>
    public IFileTree Tree => _tree;

    /// <summary>The data root in the tree, for messages: <c>/docker</c>.</summary>
    public string ShownRoot => "/" + _root.TrimEnd('/');

    /// <summary>Finds a store in a tree, in the places where engines have it, or in a folder of its root.</summary>
    /// <returns>Its data root; null where there is none.</returns>
    public static string? FindRoot(IFileTree tree) => s_places.Concat(tree.List("")).FirstOrDefault(place => IsRoot(tree, place));

    /// <summary>The storage driver of a store that is not overlay2's.</summary>
    /// <returns>Null where there is no store at all.</returns>
    public static string? FindOtherDriver(IFileTree tree) =>
        s_places.Select(place => tree.List(Join(place, "image")).FirstOrDefault(driver => tree.Find(Join(place, $"image/{driver}/layerdb")) is { Kind: FileKind.Directory })).FirstOrDefault(d => d is not null);

    /// <summary>All names that images have.</summary>
    /// <exception cref="CorruptFormatException">The list is not what an engine writes.</exception>
    public RepositoriesFile ReadRepositories()
    {
        if (Read($"{Metadata}/repositories.json", MaxRepositories) is not { } json) return new RepositoriesFile();
        try
        {
            return RepositoriesFile.Parse(json);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new CorruptFormatException($"{_tree.Name}, {_root}{Metadata}/repositories.json", -1, "it is not JSON as an engine writes it", e);
        }
    }

    /// <summary>The IDs of all images, whether they have names or not; hexadecimal.</summary>
    public IEnumerable<string> ImageIds() => _tree.List($"{_root}{Metadata}/imagedb/content/sha256");

    /// <summary>The chain IDs of all layers; hexadecimal.</summary>
    public IEnumerable<string> ChainIds() => _tree.List($"{_root}{Metadata}/layerdb/sha256");

    /// <summary>An image's config.</summary>
    /// <param name="imageId">Its ID.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="DigestMismatchException">The config has another ID.</exception>
    /// <exception cref="CorruptImageException">The config is malformed.</exception>
    public ImageConfig? ReadImage(Digest imageId)
    {
        if (Read($"{Metadata}/imagedb/content/{imageId.Algorithm}/{imageId.Hex}", ImageConfig.MaxSize) is not { } content) return null;
        var name = $"image config {imageId} in {_tree.Name}";
        var config = ImageConfig.Parse(content, name);
        return config.ImageId == imageId ? config : throw new DigestMismatchException(name, imageId.ToString(), config.ImageId.ToString());
    }

    /// <summary>How long an image's config is, which is not read.</summary>
    /// <returns>Bytes; null where there is none.</returns>
    public long? FindImage(Digest imageId) => _tree.Find($"{_root}{Metadata}/imagedb/content/{imageId.Algorithm}/{imageId.Hex}") is { Kind: FileKind.File } file ? file.Size : null;

    /// <summary>What the store's database says of a layer, without a look at the layer's files.</summary>
    /// <param name="chainId">Its chain ID, hexadecimal.</param>
    /// <returns>Null where it says nothing of it.</returns>
    public LayerRecord? ReadLayerEntry(string chainId)
    {
        var database = $"{Metadata}/layerdb/sha256/{chainId}";
        if (_tree.Find(_root + database) is not { Kind: FileKind.Directory }) return null;
        return new LayerRecord(chainId)
        {
            CacheId = Text($"{database}/cache-id"),
            DiffId = Text($"{database}/diff"),
            Parent = Text($"{database}/parent"),
            Size = Text($"{database}/size"),
            TarSplit = IsFile($"{database}/tar-split.json.gz") ? $"{_root}{database}/tar-split.json.gz" : null,
        };
    }

    /// <summary>What the store says of a layer.</summary>
    /// <param name="chainId">Its chain ID, hexadecimal.</param>
    /// <returns>Null where it says nothing of it.</returns>
    public LayerRecord? ReadLayer(string chainId)
    {
        if (ReadLayerEntry(chainId) is not { } entry) return null;
        var folder = entry.CacheId is { } cacheId && StoredLayer.IsCacheId(cacheId) ? $"overlay2/{cacheId}" : null;
        return entry with
        {
            Diff = folder is not null && _tree.Find($"{_root}{folder}/diff") is { Kind: FileKind.Directory } ? $"{_root}{folder}/diff" : null,
            Link = folder is null ? null : Text($"{folder}/link"),
            Lower = folder is null ? null : Text($"{folder}/lower"),
            IsCommitted = folder is not null && IsFile($"{folder}/committed"),
        };
    }

    /// <summary>Where a link of <c>overlay2/l</c> leads.</summary>
    /// <returns>Its target as it is written; null where there is no such link.</returns>
    public string? LinkTarget(string link) => _tree.Find($"{_root}overlay2/l/{link}") is { LinkTarget: { } target } ? Encoding.UTF8.GetString(target) : null;

    /// <summary>The names of all folders of layers below <c>overlay2</c>.</summary>
    public IEnumerable<string> CacheIds() => _tree.List($"{_root}overlay2").Where(n => n != "l");

    /// <summary>The names of all links.</summary>
    public IEnumerable<string> Links() => _tree.List($"{_root}overlay2/l");

    private static bool IsRoot(IFileTree tree, string place) =>
        tree.Find(Join(place, $"{Metadata}/layerdb")) is { Kind: FileKind.Directory } || tree.Find(Join(place, $"{Metadata}/repositories.json")) is { Kind: FileKind.File };

    private static string Join(string place, string path) => place.Length == 0 ? path : $"{place}/{path}";

    private byte[]? Read(string path, int maxLength) => _tree.TryRead(_root + path, maxLength);

    private string? Text(string path) => Read(path, StoredLayer.MaxLength) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

    private bool IsFile(string path) => _tree.Find(_root + path) is { Kind: FileKind.File };
}
