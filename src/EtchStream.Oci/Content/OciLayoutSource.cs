using System.Text.Json;

namespace EtchStream.Oci.Content;

/// <summary>An image in the OCI image layout (image spec, image-layout.md), in a directory (<c>oci:DIR[:TAG]</c>) or a tar (<c>oci-archive:FILE[:TAG]</c>).</summary>
public sealed class OciLayoutSource : IImageSource, IDocumentSource
{
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";
    private const int MaxMarkerSize = 4096;

    private readonly ILayoutFiles _files;
    private readonly string? _name;

    private OciLayoutSource(ILayoutFiles files, string? name, string location)
    {
        _files = files;
        _name = name;
        Location = location;
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>Opens a layout in a directory.</summary>
    /// <param name="directory">The directory that holds <c>oci-layout</c> and <c>index.json</c>.</param>
    /// <param name="name">Tag, reference or digest of the image; null where there is only one.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static OciLayoutSource OpenDirectory(string directory, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return Directory.Exists(directory)
            ? new OciLayoutSource(new DirectoryFiles(directory), name, Describe("oci", directory, name))
            : throw new DirectoryNotFoundException($"{directory}: no such folder");
    }

    /// <summary>Opens a layout in an uncompressed tar file.</summary>
    /// <exception cref="CorruptImageException">The file is no tar, or a truncated one.</exception>
    /// <exception cref="UnsupportedImageException">The file is compressed.</exception>
    public static async Task<OciLayoutSource> OpenArchiveAsync(string file, string? name = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new OciLayoutSource(await TarFiles.OpenAsync(file, cancellationToken).ConfigureAwait(false), name, Describe("oci-archive", file, name));
    }

    private static string Describe(string kind, string path, string? name) => name is null ? $"{kind}:{path}" : $"{kind}:{path}:{name}";

    /// <inheritdoc/>
    public async Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default)
    {
        await CheckVersionAsync(cancellationToken).ConfigureAwait(false);
        var index = ManifestIndex.Parse(
            await _files.ReadAllAsync("index.json", ManifestDocument.MaxSize, cancellationToken).ConfigureAwait(false), MediaTypes.OciIndex, $"{_files.Root}/index.json");
        var chosen = Choose(index);
        var content = await ((IDocumentSource)this).ReadManifestAsync(chosen, cancellationToken).ConfigureAwait(false);
        var resolver = new ImageResolver(this, ReadReference(chosen), platform, Location);
        return await resolver.ResolveAsync(content, chosen.MediaType, chosen.Digest, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        cancellationToken.ThrowIfCancellationRequested();
        var stream = _files.TryOpen($"blobs/{blob.Digest.Algorithm}/{blob.Digest.Hex}") ?? throw new CorruptImageException(_files.Root, $"blob {blob.Digest} is missing");
        if (stream.Length == blob.Size) return Task.FromResult<Stream>(new VerifyingStream(stream, blob.Digest, blob.Size));
        var length = stream.Length;
        stream.Dispose();
        throw new DigestMismatchException($"blob {blob.Digest} of {_files.Root}", $"{blob.Size} bytes", $"{length} bytes");
    }

    Task<byte[]> IDocumentSource.ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken) =>
        this.ReadAllAsync(descriptor, ManifestDocument.MaxSize, $"manifest {descriptor.Digest} of {Location}", cancellationToken);

    Task<byte[]> IDocumentSource.ReadConfigAsync(Descriptor descriptor, CancellationToken cancellationToken) =>
        this.ReadAllAsync(descriptor, ImageConfig.MaxSize, $"image config {descriptor.Digest} of {Location}", cancellationToken);

    private async Task CheckVersionAsync(CancellationToken cancellationToken)
    {
        if (!Has("oci-layout"))
        {
            throw new CorruptImageException(
                _files.Root, "it is no OCI image layout, it has no oci-layout" + (Has("manifest.json") ? "; what docker save writes is taken as docker-archive:FILE" : ""));
        }

        var document = $"{_files.Root}/oci-layout";
        using var marker = JsonReading.Parse(await _files.ReadAllAsync("oci-layout", MaxMarkerSize, cancellationToken).ConfigureAwait(false), document);
        var version = marker.RootElement.Required("imageLayoutVersion", JsonValueKind.String, document).Text("imageLayoutVersion", document);
        if (!version.StartsWith("1.", StringComparison.Ordinal))
            throw new UnsupportedImageException("image layout version", $"{_files.Root} has image layout version {Printable.Quote(version)}; version 1 is known");
    }

    private bool Has(string path)
    {
        using var file = _files.TryOpen(path);
        return file is not null;
    }

    private Descriptor Choose(ManifestIndex index)
    {
        var matches = _name is null ? index.Manifests : [.. index.Manifests.Where(m => IsNamed(m, _name))];
        var digests = matches.Select(m => m.Digest).Distinct().Count();
        if (digests == 1) return matches[0];
        var names = Printable.Clean(string.Join(", ", index.Manifests.Select(m => NameOf(m) ?? m.Digest.ToString())));
        if (index.Manifests.Count == 0) throw new CorruptImageException(_files.Root, "its index.json lists no image");
        throw new ImageNotFoundException(_files.Root, digests == 0
            ? $"it has no image {Printable.Quote(_name)}; it has {names}"
            : $"it has several images{(_name is null ? "" : " of that name")}; name one of {names}");
    }

    private static string? NameOf(Descriptor manifest) =>
        manifest.Annotations.GetValueOrDefault(RefName) ?? manifest.Annotations.GetValueOrDefault(ContainerdName);

    private static bool IsNamed(Descriptor manifest, string name) =>
        string.Equals(manifest.Annotations.GetValueOrDefault(RefName), name, StringComparison.Ordinal)
        || string.Equals(manifest.Digest.ToString(), name, StringComparison.Ordinal)
        || (manifest.Annotations.TryGetValue(ContainerdName, out var full) && ImageReference.TryParse(full, out var own)
            && ImageReference.TryParse(name, out var wanted) && own == wanted);

    // A bare tag is no reference: which repository it belongs to is not recorded.
    private static ImageReference? ReadReference(Descriptor manifest)
    {
        if (ImageReference.TryParse(manifest.Annotations.GetValueOrDefault(ContainerdName), out var reference)) return reference;
        var name = manifest.Annotations.GetValueOrDefault(RefName);
        return name is not null && name.AsSpan().ContainsAny('/', ':') && ImageReference.TryParse(name, out reference) ? reference : null;
    }

    /// <summary>Closes the archive.</summary>
    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }
}
