using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>A layer of the archive's container images, with the names that its chain has in the engine's store.</summary>
public sealed class ManifestLayer
{
    /// <summary>The chain ID, <c>sha256:…</c>: the layer with all that lies under it.</summary>
    public required string ChainId { get; init; }

    /// <summary>The diff ID, <c>sha256:…</c>: the digest of its tar.</summary>
    public required string DiffId { get; init; }

    /// <summary>The chain ID of the layer under it; null for a base.</summary>
    public string? Parent { get; init; }

    /// <summary>Name of its folder below the store's <c>overlay2</c>.</summary>
    public required string CacheId { get; init; }

    /// <summary>Name of the link to that below <c>overlay2/l</c>.</summary>
    public required string Link { get; init; }

    /// <summary>True for a layer that the archive does not bring, because the store of its disk image has it; else null.</summary>
    public bool? IsReused { get; init; }

    internal void Validate()
    {
        if (!IsId(ChainId) || !IsId(DiffId) || (Parent is not null && !IsId(Parent))) throw Corrupt("an ID of a layer is not a SHA-256 digest");
        if (CacheId is null || !IsName(CacheId) || Link is null || !IsName(Link)) throw Corrupt("a layer's name in the store is not one");
    }

    private static bool IsId(string? text)
    {
        const string Prefix = "sha256:";
        const int Length = 64;
        return text is not null && text.Length == Prefix.Length + Length && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.AsSpan(Prefix.Length).ContainsAnyExcept("0123456789abcdef");
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);

    private static CorruptFormatException Corrupt(string problem) => new(ArchiveNames.Manifest, -1, problem);
}
