using System.Security.Cryptography;
using System.Text.Json;

namespace EtchStream.Oci.Content;

/// <summary>
/// An image in a tar as <c>docker save</c> writes it (<c>docker-archive:FILE[:REF]</c>): <c>manifest.json</c> names config and layers by
/// their path, which is <c>&lt;id&gt;/layer.tar</c> up to Docker 24 and <c>blobs/sha256/…</c> from Docker 25 on. Layers are usually not
/// compressed and so known by their diff ID; for those that are, the file is hashed first, since nothing else gives their digest.
/// </summary>
public sealed class DockerArchiveSource : IImageSource
{
    private const string ManifestName = "manifest.json";
    private const int MaxLayers = 4096;

    private readonly TarFiles _files;
    private readonly string? _name;
    private readonly Dictionary<Digest, string> _paths = [];
    private readonly Lock _gate = new();

    private DockerArchiveSource(TarFiles files, string? name)
    {
        _files = files;
        _name = name;
        Location = name is null ? $"docker-archive:{files.Root}" : $"docker-archive:{files.Root}:{name}";
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>Opens an uncompressed archive.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="name">Reference (<c>alpine:3.19</c>) or image ID (<c>sha256:…</c>); null where there is only one image.</param>
    /// <param name="cancellationToken">Stops the reading of the headers.</param>
    /// <exception cref="CorruptImageException">The file is no tar, or a truncated one.</exception>
    /// <exception cref="UnsupportedImageException">The file is compressed.</exception>
    public static async Task<DockerArchiveSource> OpenAsync(string file, string? name = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new DockerArchiveSource(await TarFiles.OpenAsync(file, cancellationToken).ConfigureAwait(false), name);
    }

    /// <inheritdoc/>
    public async Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default)
    {
        var entry = await ChooseAsync(cancellationToken).ConfigureAwait(false);
        var content = await _files.ReadAllAsync(entry.Config, ImageConfig.MaxSize, cancellationToken).ConfigureAwait(false);
        var config = ImageConfig.Parse(content, $"image config {Printable.Clean(entry.Config)} of {Location}");
        if (DigestInPath(entry.Config) is { } promised && promised != config.ImageId)
            throw new DigestMismatchException($"image config of {Location}", promised.ToString(), config.ImageId.ToString());
        ImagePlatform.Require(Location, config, platform);
        if (entry.Layers.Count != config.DiffIds.Count)
            throw new CorruptImageException(Location, $"it has {entry.Layers.Count} layers where its config lists {config.DiffIds.Count} diff IDs");

        var blobs = new List<Descriptor>(entry.Layers.Count);
        for (var i = 0; i < entry.Layers.Count; i++)
            blobs.Add(await DescribeLayerAsync(entry.Layers[i], config.DiffIds[i], cancellationToken).ConfigureAwait(false));
        return ResolvedImage.Create(blobs, config, Location, entry.Reference, named: null, manifestDigest: null, manifest: null, references: _name is null ? entry.Tags : null);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        cancellationToken.ThrowIfCancellationRequested();
        string? path;
        lock (_gate) path = _paths.GetValueOrDefault(blob.Digest);
        var stream = (path is null ? null : _files.TryOpen(path)) ?? throw new CorruptImageException(Location, $"blob {blob.Digest} is missing");
        return Task.FromResult<Stream>(new VerifyingStream(stream, blob.Digest, blob.Size, $"layer {blob.Digest} of {Location}"));
    }

    private async Task<Descriptor> DescribeLayerAsync(string path, DiffId diffId, CancellationToken cancellationToken)
    {
        var stream = _files.TryOpen(path) ?? throw new CorruptImageException(Location, $"layer {Printable.Clean(path)} is missing");
        await using (stream.ConfigureAwait(false))
        {
            var start = new byte[6];
            var count = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            var (mediaType, digest) = LayerCompression.Detect(start.AsSpan(0, count)) switch
            {
                null => (MediaTypes.DockerLayer, diffId.Digest),
                "gzip" => (MediaTypes.DockerLayerGzip, DigestInPath(path) ?? await HashAsync(path, cancellationToken).ConfigureAwait(false)),
                "zstd" => (MediaTypes.DockerLayerZstd, DigestInPath(path) ?? await HashAsync(path, cancellationToken).ConfigureAwait(false)),
                var other => throw new UnsupportedImageException(other, $"{Location}: layer {Printable.Clean(path)} is compressed with {other}; gzip and zstd are taken")
            };
            lock (_gate) _paths[digest] = path;
            return new Descriptor(mediaType, digest, stream.Length);
        }
    }

    private async Task<Digest> HashAsync(string path, CancellationToken cancellationToken)
    {
        var stream = _files.TryOpen(path)!;
        await using (stream.ConfigureAwait(false))
            return Digest.FromSha256(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    // blobs/sha256/<hex> is addressed by content; so is <hex>.json, the config's name in the older layout.
    private static Digest? DigestInPath(string path)
    {
        var name = path.StartsWith("blobs/sha256/", StringComparison.Ordinal) ? path["blobs/sha256/".Length..]
            : path.EndsWith(".json", StringComparison.Ordinal) ? path[..^".json".Length] : "";
        return Digest.TryParse("sha256:" + name, out var digest) ? digest : null;
    }

    private async Task<ArchivedImage> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!Has(ManifestName))
        {
            throw new CorruptImageException(
                _files.Root, $"it is not what docker save writes, it has no {ManifestName}" + (Has("oci-layout") ? "; an OCI image layout in a tar is taken as oci-archive:FILE" : ""));
        }

        var images = ReadManifest(await _files.ReadAllAsync(ManifestName, ManifestDocument.MaxSize, cancellationToken).ConfigureAwait(false));
        if (images.Count == 0) throw new CorruptImageException(Location, "its manifest.json lists no image");
        if (_name is null)
        {
            return images.Count == 1
                ? images[0] with { Reference = images[0].Tags.Count > 0 ? images[0].Tags[0] : null }
                : throw new ImageNotFoundException(_files.Root, $"it has several images; name one of {Names(images)}");
        }

        var wanted = ImageReference.TryParse(_name, out var parsed) ? parsed : null;
        foreach (var image in images)
        {
            if (wanted is not null && image.Tags.Contains(wanted)) return image with { Reference = wanted };
            if (Digest.TryParse(_name, out var id) && DigestInPath(image.Config) == id) return image with { Reference = image.Tags.Count > 0 ? image.Tags[0] : null };
        }
        throw new ImageNotFoundException(_files.Root, $"it has no image {Printable.Quote(_name)}; it has {Names(images)}");
    }

    private bool Has(string path)
    {
        using var file = _files.TryOpen(path);
        return file is not null;
    }

    private static string Names(List<ArchivedImage> images) =>
        Printable.Clean(string.Join(", ", images.Select(i => i.Tags.Count > 0 ? i.Tags[0].ToFamiliarString() : DigestInPath(i.Config)?.ToString() ?? i.Config)));

    private List<ArchivedImage> ReadManifest(byte[] content)
    {
        var name = $"{_files.Root}/{ManifestName}";
        using var document = JsonReading.Parse(content, name, root: JsonValueKind.Array);
        var images = new List<ArchivedImage>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw new CorruptImageException(name, "an image is not an object");
            var config = item.OptionalString("Config", name) ?? throw new CorruptImageException(name, "an image has no Config");
            var layers = ReadTexts(item, "Layers", name);
            if (layers.Count > MaxLayers) throw new CorruptImageException(name, $"an image has {layers.Count} layers");
            var tags = new List<ImageReference>();
            foreach (var tag in ReadTexts(item, "RepoTags", name))
            {
                if (ImageReference.TryParse(tag, out var reference)) tags.Add(reference);
            }
            images.Add(new ArchivedImage(config, layers, tags, Reference: null));
        }
        return images;
    }

    private static List<string> ReadTexts(JsonElement image, string property, string document)
    {
        var result = new List<string>();
        if (image.Optional(property, JsonValueKind.Array, document) is { } list)
        {
            foreach (var item in list.EnumerateArray()) result.Add(item.Text(property, document));
        }
        return result;
    }

    /// <summary>Closes the archive.</summary>
    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record ArchivedImage(string Config, List<string> Layers, List<ImageReference> Tags, ImageReference? Reference);
}
