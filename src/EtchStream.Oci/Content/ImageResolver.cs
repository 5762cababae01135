namespace EtchStream.Oci.Content;

/// <summary>
/// Walks from a named manifest or index to one platform's image. Nested indexes are followed, to a limited depth and a limited number
/// of documents, so that no chain of them, however hostile, keeps the walk going.
/// </summary>
internal sealed class ImageResolver(IDocumentSource documents, ImageReference? reference, Platform? platform, string location)
{
    private const int MaxDepth = 4;
    private const int MaxDocuments = 64;

    private int _documents;

    /// <param name="content">The named document, already verified.</param>
    /// <param name="mediaType">The type it came with, if any.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public async Task<ResolvedImage> ResolveAsync(byte[] content, string? mediaType, Digest digest, CancellationToken cancellationToken)
    {
        var chosen = await TryChooseAsync(content, mediaType, digest, platformStated: false, depth: 0, cancellationToken).ConfigureAwait(false);
        if (chosen is not var (manifest, manifestDigest, config))
        {
            var offered = Describe(ManifestIndex.Parse(content, mediaType));
            throw new UnsupportedImageException(UnsupportedImageException.MissingPlatform, $"{location} has no image for {platform}; it has {offered}") { Offered = offered };
        }
        return ResolvedImage.Create(manifest.Layers, config, location, reference, digest, manifestDigest, manifest);
    }

    private async Task<(Manifest Manifest, Digest Digest, ImageConfig Config)?> TryChooseAsync(
        byte[] content, string? mediaType, Digest digest, bool platformStated, int depth, CancellationToken cancellationToken)
    {
        if (++_documents > MaxDocuments) throw new CorruptImageException(location, $"more than {MaxDocuments} manifests would have to be read");
        if (depth > MaxDepth) throw new CorruptImageException(location, $"indexes are nested more than {MaxDepth} deep");
        var name = depth == 0 ? $"manifest of {location}" : $"manifest {digest} of {location}";
        using var document = Open(content, name);
        var type = ManifestDocument.DetectMediaType(document.RootElement, mediaType, name);
        if (MediaTypes.IsManifest(type))
        {
            var manifest = Manifest.Parse(content, document.RootElement, type, name);
            var config = ImageConfig.Parse(
                await documents.ReadConfigAsync(manifest.Config, cancellationToken).ConfigureAwait(false), $"image config {manifest.Config.Digest} of {location}");
            // An index's word counts over the config's: images are often built with their builder's architecture in the config.
            if (platform is not null && !platformStated && !config.Suits(platform))
            {
                return depth > 0 ? null : throw ImagePlatform.Mismatch(location, config, platform);
            }
            return (manifest, digest, config);
        }

        var index = ManifestIndex.Parse(content, document.RootElement, type, name);
        foreach (var candidate in Candidates(index))
        {
            ManifestDocument.CheckSize(candidate.Size, $"manifest {candidate.Digest} of {location}");
            var inner = await documents.ReadManifestAsync(candidate, cancellationToken).ConfigureAwait(false);
            var chosen = await TryChooseAsync(inner, candidate.MediaType, candidate.Digest, candidate.Platform is not null, depth + 1, cancellationToken).ConfigureAwait(false);
            if (chosen is not null) return chosen;
        }
        return null;
    }

    private IEnumerable<Descriptor> Candidates(ManifestIndex index)
    {
        if (platform is not null) return index.CandidatesFor(platform);
        return index.Manifests.Count == 1
            ? index.Manifests
            : throw new UnsupportedImageException("platform choice", $"{location} has images for {Describe(index)}; say which one is meant with --platform");
    }

    private static System.Text.Json.JsonDocument Open(byte[] content, string name)
    {
        ManifestDocument.CheckSize(content.Length, name);
        return JsonReading.Parse(content, name);
    }

    private static string Describe(ManifestIndex index) => index.Manifests.Count == 0
        ? "none at all"
        : Printable.Clean(string.Join(", ", index.Manifests.Select(m => m.Platform?.ToString() ?? "an unstated platform").Distinct(StringComparer.Ordinal)));
}
