using System.Text.Json;

namespace EtchStream.Oci;

/// <summary>
/// Reads foreign JSON: depth and size are limited, and whatever is missing or of the wrong kind is one <see cref="CorruptImageException"/>
/// that names the document and the property, never an exception of the JSON library.
/// </summary>
internal static class JsonReading
{
    private const int MaxDepth = 64;

    /// <param name="content">The document.</param>
    /// <param name="document">Its name in errors.</param>
    /// <param name="unique">
    /// Refuse a name that occurs twice in one object. Which of the two counts differs between readers, so that a signer, a scanner
    /// and an engine could see different things in the same bytes.
    /// </param>
    /// <param name="root">Kind of the outermost value.</param>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content, string document, bool unique = true, JsonValueKind root = JsonValueKind.Object)
    {
        JsonDocument? parsed = null;
        try
        {
            parsed = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = !unique });
            if (parsed.RootElement.ValueKind == root) return parsed;
        }
        catch (JsonException e)
        {
            throw new CorruptImageException(document, "it is not valid JSON " + (e.LineNumber is { } line ? $"(line {line + 1}, byte {(e.BytePositionInLine ?? 0) + 1})" : "(a name occurs twice in one object)"), e);
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptImageException(document, "it is not valid JSON (a name in it is not valid Unicode)", e);
        }
        parsed.Dispose();
        throw new CorruptImageException(document, root == JsonValueKind.Object ? "it is not a JSON object" : "it is not a JSON list");
    }

    public static JsonElement? Optional(this JsonElement parent, string name, JsonValueKind kind, string document)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == kind ? value : throw new CorruptImageException(document, $"{name} is not {Describe(kind)}");
    }

    public static JsonElement Required(this JsonElement parent, string name, JsonValueKind kind, string document) =>
        parent.Optional(name, kind, document) ?? throw new CorruptImageException(document, $"{name} is missing");

    public static string? OptionalString(this JsonElement parent, string name, string document) =>
        parent.Optional(name, JsonValueKind.String, document)?.Text(name, document);

    public static string Text(this JsonElement value, string name, string document)
    {
        if (value.ValueKind != JsonValueKind.String) throw new CorruptImageException(document, $"{name} is not text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptImageException(document, $"{name} is not valid Unicode", e);
        }
    }

    public static long? OptionalInteger(this JsonElement parent, string name, string document)
    {
        if (parent.Optional(name, JsonValueKind.Number, document) is not { } value) return null;
        return value.TryGetInt64(out var number) ? number : throw new CorruptImageException(document, $"{name} is not a 64-bit integer");
    }

    public static Descriptor ReadDescriptor(JsonElement value, string name, string document)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new CorruptImageException(document, $"{name} is not an object");
        var digestText = value.OptionalString("digest", document) ?? throw new CorruptImageException(document, $"{name} has no digest");
        if (!Digest.TryParse(digestText, out var digest, out var problem)) throw new CorruptImageException(document, $"{name}: {problem}");
        var size = value.OptionalInteger("size", document) ?? throw new CorruptImageException(document, $"{name} has no size");
        if (size < 0) throw new CorruptImageException(document, $"{name} has the negative size {size}");
        var descriptor = new Descriptor(value.OptionalString("mediaType", document) ?? "", digest, size) { Platform = ReadPlatform(value, document) };
        return value.Optional("annotations", JsonValueKind.Object, document) is { } annotations
            ? descriptor with { Annotations = ReadStrings(annotations, document) }
            : descriptor;
    }

    private static Platform? ReadPlatform(JsonElement descriptor, string document)
    {
        if (descriptor.Optional("platform", JsonValueKind.Object, document) is not { } platform) return null;
        var os = platform.OptionalString("os", document);
        var architecture = platform.OptionalString("architecture", document);
        return string.IsNullOrEmpty(os) || string.IsNullOrEmpty(architecture)
            ? null
            : Platform.Create(os, architecture, platform.OptionalString("variant", document));
    }

    private static Dictionary<string, string> ReadStrings(JsonElement map, string document)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var property in map.EnumerateObject())
                result[property.Name] = property.Value.Text("an annotation", document);
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptImageException(document, "an annotation's name is not valid Unicode", e);
        }
        return result;
    }

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        _ => "a number"
    };
}
