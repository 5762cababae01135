using System.Text.Json;

namespace EtchStream.Oci;

/// <summary>A list of manifests, one a platform: Docker's manifest list or OCI's index (image spec, image-index.md).</summary>
public sealed class ManifestIndex
{
    private ManifestIndex(ReadOnlyMemory<byte> content, string mediaType, IReadOnlyList<Descriptor> manifests)
    {
        Content = content;
        MediaType = mediaType;
        Manifests = manifests;
    }

    /// <summary>The document, byte for byte.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Docker's or OCI's media type.</summary>
    public string MediaType { get; }

    /// <summary>The manifests and nested indexes, in their order, without attestations and other entries that are no images.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; }

    /// <summary>Reads an index.</summary>
    /// <param name="content">The document; it is kept, not copied.</param>
    /// <param name="mediaType">The type it came with (HTTP header, descriptor), null where there was none.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="CorruptImageException">The document is malformed.</exception>
    /// <exception cref="UnsupportedImageException">The document is no index.</exception>
    public static ManifestIndex Parse(ReadOnlyMemory<byte> content, string? mediaType = null, string name = "index")
    {
        ManifestDocument.CheckSize(content.Length, name);
        using var document = JsonReading.Parse(content, name);
        var type = ManifestDocument.DetectMediaType(document.RootElement, mediaType, name);
        return MediaTypes.IsIndex(type)
            ? Parse(content, document.RootElement, type, name)
            : throw new UnsupportedImageException("manifest", $"{name} is one image's manifest where an index is expected");
    }

    internal static ManifestIndex Parse(ReadOnlyMemory<byte> content, JsonElement root, string type, string name)
    {
        var list = root.Required("manifests", JsonValueKind.Array, name);
        var manifests = new List<Descriptor>(list.GetArrayLength());
        var number = 0;
        foreach (var item in list.EnumerateArray())
        {
            var entry = JsonReading.ReadDescriptor(item, $"manifest {++number}", name);
            if (!entry.IsAttestation && IsImageOrUnstated(entry.MediaType)) manifests.Add(entry);
        }
        return new ManifestIndex(content, type, manifests);
    }

    // Schema 1 stays in, so that choosing it is refused by name rather than as a platform that is not there.
    private static bool IsImageOrUnstated(string type) =>
        type.Length == 0 || MediaTypes.IsManifest(type) || MediaTypes.IsIndex(type) || MediaTypes.IsSchema1(type);

    /// <summary>The entries to try for a platform, best first; those that state no platform come last.</summary>
    internal IEnumerable<Descriptor> CandidatesFor(Platform platform)
    {
        // OrderBy is stable: among equals the first listed wins, as with every engine.
        var stated = Manifests.Where(m => m.Platform is not null && platform.Suitability(m.Platform) > 0)
            .OrderByDescending(m => platform.Suitability(m.Platform!));
        return stated.Concat(Manifests.Where(m => m.Platform is null));
    }
}
