using System.Globalization;
using System.Text.Json;

namespace EtchStream.Oci;

/// <summary>
/// An image's config (OCI image spec, config.md; the same form in Docker's). An engine names the image by the SHA-256 of these very
/// bytes and checks it when it loads its store, so they are kept as they came and never written anew.
/// </summary>
public sealed class ImageConfig
{
    /// <summary>Largest config that is taken, in bytes.</summary>
    public const int MaxSize = 8 << 20;

    private ImageConfig(ReadOnlyMemory<byte> content, IReadOnlyList<DiffId> diffIds)
    {
        Content = content;
        DiffIds = diffIds;
        ImageId = Digest.Sha256(content.Span);
    }

    /// <summary>The document, byte for byte as it was served.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>SHA-256 of <see cref="Content"/>: the image's ID.</summary>
    public Digest ImageId { get; }

    /// <summary>The layers' diff IDs, base first.</summary>
    public IReadOnlyList<DiffId> DiffIds { get; }

    /// <summary>Operating system as written; null where missing.</summary>
    public string? Os { get; private init; }

    /// <summary>Architecture as written; null where missing.</summary>
    public string? Architecture { get; private init; }

    /// <summary>Variant as written; null where missing, as it often is.</summary>
    public string? Variant { get; private init; }

    /// <summary>When the image was made; null where missing or not a date.</summary>
    public DateTimeOffset? Created { get; private init; }

    /// <summary>The platform in normal form; null where operating system or architecture are missing.</summary>
    public Platform? Platform => string.IsNullOrEmpty(Os) || string.IsNullOrEmpty(Architecture) ? null : Platform.Create(Os, Architecture, Variant);

    /// <summary>Reads a config.</summary>
    /// <param name="content">The document; it is kept, not copied.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="CorruptImageException">The document is malformed or has no list of layers.</exception>
    public static ImageConfig Parse(ReadOnlyMemory<byte> content, string name = "image config")
    {
        if (content.Length > MaxSize) throw new CorruptImageException(name, $"it has {content.Length} bytes; at most {MaxSize} are taken");
        // Engines accept repeated names here, with the last one counting; so does this reader.
        using var document = JsonReading.Parse(content, name, unique: false);
        var root = document.RootElement;
        var rootfs = root.Required("rootfs", JsonValueKind.Object, name);
        if (rootfs.OptionalString("type", name) is not "layers") throw new CorruptImageException(name, "rootfs.type is not \"layers\"");

        var diffIds = new List<DiffId>();
        // An image without layers has null here, as Go writes an empty list.
        if (rootfs.Optional("diff_ids", JsonValueKind.Array, name) is { } list)
        {
            foreach (var item in list.EnumerateArray())
            {
                var text = item.Text("rootfs.diff_ids", name);
                if (!DiffId.TryParse(text, out var diffId))
                    throw new CorruptImageException(name, $"rootfs.diff_ids has {Printable.Quote(text)}, which is not a SHA-256 digest");
                diffIds.Add(diffId);
            }
        }

        return new ImageConfig(content, diffIds)
        {
            Os = root.OptionalString("os", name),
            Architecture = root.OptionalString("architecture", name),
            Variant = root.OptionalString("variant", name),
            Created = ReadTime(root.OptionalString("created", name))
        };
    }

    private static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>
    /// Whether the image runs on <paramref name="wanted"/>. A variant that the config leaves out counts as fitting: many builders
    /// never write it, and the other parts tell enough.
    /// </summary>
    internal bool Suits(Platform wanted) => Platform is { } own
        && wanted.Suitability(string.IsNullOrEmpty(Variant) ? Platform.Create(own.Os, own.Architecture, wanted.Architecture == own.Architecture ? wanted.Variant : null) : own) > 0;
}
