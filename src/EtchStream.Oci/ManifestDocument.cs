using System.Text.Json;

namespace EtchStream.Oci;

/// <summary>Tells manifests from indexes and refuses what is neither, before anything in them is believed.</summary>
internal static class ManifestDocument
{
    /// <summary>Largest manifest or index that is read, in bytes: the limit that registries themselves set.</summary>
    public const int MaxSize = 4 << 20;

    /// <summary>The document's media type: what it says itself, else what it came with, else what its properties show.</summary>
    /// <exception cref="CorruptImageException">The sources of the type contradict each other, or the properties are those of another type.</exception>
    /// <exception cref="UnsupportedImageException">Schema 1, or a type that is no manifest and no index.</exception>
    public static string DetectMediaType(JsonElement root, string? declared, string document)
    {
        var own = root.OptionalString("mediaType", document);
        // A registry that knows no better sends a general type; it says nothing.
        if (declared is "" or "application/json" or "application/octet-stream" or "text/plain" or "binary/octet-stream") declared = null;

        if (MediaTypes.IsSchema1(own) || MediaTypes.IsSchema1(declared) || root.OptionalInteger("schemaVersion", document) == 1)
            throw new UnsupportedImageException("schema 1", $"{document} has the obsolete Docker schema 1; push the image again with a current engine");
        if (own is not null && declared is not null && !string.Equals(own, declared, StringComparison.Ordinal))
            throw new CorruptImageException(document, $"it came as {Printable.Clean(declared)} but calls itself {Printable.Clean(own)}");

        // The same bytes must not be an image to one reader and an index to another (OCI image spec 1.0.2, CVE-2021-41190).
        var hasImage = root.TryGetProperty("config", out _) || root.TryGetProperty("layers", out _) || root.TryGetProperty("fsLayers", out _);
        var hasIndex = root.TryGetProperty("manifests", out _);
        if (hasImage && hasIndex) throw new CorruptImageException(document, "it has the properties of both an image and an index");

        var type = own ?? declared ?? (hasIndex ? MediaTypes.OciIndex : hasImage ? MediaTypes.OciManifest : null);
        if (!MediaTypes.IsManifest(type) && !MediaTypes.IsIndex(type))
            throw new UnsupportedImageException(type ?? "unknown document", $"{document} is no image: its media type is {Printable.Quote(type)}");
        if (MediaTypes.IsIndex(type) ? hasImage : hasIndex)
            throw new CorruptImageException(document, $"its properties are not those of {type}");
        if (root.OptionalInteger("schemaVersion", document) is not 2)
            throw new CorruptImageException(document, "schemaVersion is not 2");
        return type!;
    }

    public static void CheckSize(long size, string document)
    {
        if (size > MaxSize) throw new CorruptImageException(document, $"it has {size} bytes; a manifest has at most {MaxSize}");
    }
}
