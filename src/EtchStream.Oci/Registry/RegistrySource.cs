using EtchStream.Oci.Content;

namespace EtchStream.Oci.Registry;

/// <summary>An image in a registry.</summary>
public sealed class RegistrySource : IImageSource, IDocumentSource
{
    private static readonly string[] s_manifestTypes = [MediaTypes.OciIndex, MediaTypes.DockerManifestList, MediaTypes.OciManifest, MediaTypes.DockerManifest];

    private readonly RegistryClient _client;

    internal RegistrySource(RegistryClient client, ImageReference reference)
    {
        _client = client;
        Reference = reference;
    }

    /// <summary>The image's name.</summary>
    public ImageReference Reference { get; }

    /// <inheritdoc/>
    public string Location => Reference.ToString();

    /// <inheritdoc/>
    /// <exception cref="RegistryException">The registry, or the way to it, failed.</exception>
    public async Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default)
    {
        var what = $"manifest of {Location}";
        var document = await GetManifestAsync(Reference.Target, what, cancellationToken).ConfigureAwait(false);
        var digest = Verify(document, what);
        return await new ImageResolver(this, Reference, platform, Location).ResolveAsync(document.Content, document.MediaType, digest, cancellationToken).ConfigureAwait(false);
    }

    // By digest, the reference's word counts. By tag there is only the registry's, which must at least agree with itself.
    private Digest Verify(RegistryDocument document, string what)
    {
        if (Reference.Digest is { } named)
        {
            Check(document, named, what);
            return named;
        }
        if (Digest.TryParse(document.StatedDigest, out var stated)) Check(document, stated, what);
        return Digest.Sha256(document.Content);
    }

    private static void Check(RegistryDocument document, Digest expected, string what)
    {
        var actual = expected.OfSameAlgorithm(document.Content);
        if (actual != expected) throw new DigestMismatchException(what, expected.ToString(), actual.ToString());
    }

    /// <inheritdoc/>
    /// <exception cref="RegistryException">The registry, or the way to it, failed.</exception>
    public async Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var stream = new ResumingBlobStream(_client, Reference, blob);
        try
        {
            await stream.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return new VerifyingStream(stream, blob.Digest, blob.Size, $"blob {blob.Digest} of {Location}");
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task<byte[]> IDocumentSource.ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        var what = $"manifest {descriptor.Digest} of {Location}";
        var document = await GetManifestAsync(descriptor.Digest.ToString(), what, cancellationToken).ConfigureAwait(false);
        if (document.Content.Length != descriptor.Size)
            throw new DigestMismatchException(what, $"{descriptor.Size} bytes", $"{document.Content.Length} bytes");
        Check(document, descriptor.Digest, what);
        return document.Content;
    }

    Task<byte[]> IDocumentSource.ReadConfigAsync(Descriptor descriptor, CancellationToken cancellationToken) =>
        this.ReadAllAsync(descriptor, ImageConfig.MaxSize, $"image config {descriptor.Digest} of {Location}", cancellationToken);

    private Task<RegistryDocument> GetManifestAsync(string target, string what, CancellationToken cancellationToken) =>
        _client.GetDocumentAsync(Reference, $"manifests/{target}", s_manifestTypes, ManifestDocument.MaxSize, what, cancellationToken);

    /// <summary>Does nothing: connections belong to the client.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
