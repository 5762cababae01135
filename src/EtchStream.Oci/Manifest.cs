using System.Text.Json;

namespace EtchStream.Oci;

/// <summary>
/// The manifest of one image: Docker schema 2 or OCI (image spec, manifest.md). Its bytes are kept as they came; the digest is over them.
/// </summary>
public sealed class Manifest
{
    private Manifest(ReadOnlyMemory<byte> content, string mediaType, Descriptor config, IReadOnlyList<Descriptor> layers)
    {
        Content = content;
        MediaType = mediaType;
        Config = config;
        Layers = layers;
    }

    /// <summary>The document, byte for byte.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Docker's or OCI's media type.</summary>
    public string MediaType { get; }

    /// <summary>The image config.</summary>
    public Descriptor Config { get; }

    /// <summary>The layers' blobs, base first.</summary>
    public IReadOnlyList<Descriptor> Layers { get; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="content">The document; it is kept, not copied.</param>
    /// <param name="mediaType">The type it came with (HTTP header, descriptor), null where there was none.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="CorruptImageException">The document is malformed.</exception>
    /// <exception cref="UnsupportedImageException">Schema 1, an index, an artifact that is no image, a foreign layer, an unknown layer type.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> content, string? mediaType = null, string name = "manifest")
    {
        ManifestDocument.CheckSize(content.Length, name);
        using var document = JsonReading.Parse(content, name);
        var type = ManifestDocument.DetectMediaType(document.RootElement, mediaType, name);
        return MediaTypes.IsManifest(type)
            ? Parse(content, document.RootElement, type, name)
            : throw new UnsupportedImageException("index", $"{name} is an index where one image's manifest is expected");
    }

    internal static Manifest Parse(ReadOnlyMemory<byte> content, JsonElement root, string type, string name)
    {
        var config = JsonReading.ReadDescriptor(root.Required("config", JsonValueKind.Object, name), "config", name);
        if (!MediaTypes.IsImageConfig(config.MediaType))
            throw new UnsupportedImageException(config.MediaType, $"{name} is an artifact, not a container image: its config is {Printable.Quote(config.MediaType)}");
        if (config.Size > ImageConfig.MaxSize)
            throw new CorruptImageException(name, $"its config has {config.Size} bytes; at most {ImageConfig.MaxSize} are taken");

        var list = root.Required("layers", JsonValueKind.Array, name);
        var layers = new List<Descriptor>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
            layers.Add(CheckLayer(JsonReading.ReadDescriptor(item, $"layer {layers.Count + 1}", name), layers.Count + 1, name));
        return new Manifest(content, type, config, layers);
    }

    private static Descriptor CheckLayer(Descriptor layer, int number, string name)
    {
        if (MediaTypes.IsForeignLayer(layer.MediaType))
        {
            throw new UnsupportedImageException(
                "foreign layer",
                $"{name}: layer {number}, {layer.Digest}, is a foreign (non-distributable) layer, {layer.MediaType}; its content is not in the registry and it cannot be preloaded");
        }
        return MediaTypes.IsLayer(layer.MediaType)
            ? layer
            : throw new UnsupportedImageException(layer.MediaType, $"{name}: layer {number}, {layer.Digest}, has the unknown media type {Printable.Quote(layer.MediaType)}");
    }
}
