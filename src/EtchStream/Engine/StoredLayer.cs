using System.Text;

namespace EtchStream.Engine;

/// <summary>A layer that an engine's store holds already, under names that the engine drew.</summary>
/// <param name="CacheId">Name of its folder below <c>overlay2</c>.</param>
/// <param name="Link">Name of the short link to it below <c>overlay2/l</c>.</param>
/// <param name="Lower">The links of all layers under it, as its file <c>lower</c> has them; null for a base.</param>
internal sealed record StoredLayer(string CacheId, string Link, string? Lower)
{
    /// <summary>The longest of the store's small files that is read: 64 KiB, where <c>lower</c>, the longest, has 29 bytes a layer.</summary>
    public const int MaxLength = 64 * 1024;

    private const int CacheIdLength = 64;
    private const int LinkLength = 26;

    /// <summary>Looks a layer up.</summary>
    /// <param name="read">Reads a small file by its path from the partition's root; null where it is not there.</param>
    /// <param name="root">The engine's data root from there, without a slash at either end; empty for the root itself.</param>
    /// <param name="chainId">The chain ID, <c>sha256:…</c>.</param>
    /// <param name="diffId">The diff ID, <c>sha256:…</c>.</param>
    /// <param name="isBase">Whether nothing lies under it.</param>
    /// <returns>Null where the store does not have it, or only a part of what belongs to it.</returns>
    public static StoredLayer? Find(Func<string, byte[]?> read, string root, string chainId, string diffId, bool isBase)
    {
        string? Text(string path) => read(root.Length == 0 ? path : $"{root}/{path}") is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

        var database = $"image/overlay2/layerdb/sha256/{chainId["sha256:".Length..]}";
        if (Text($"{database}/cache-id") is not { } cacheId || !IsCacheId(cacheId)) return null;
        if (Text($"{database}/diff") != diffId) return null;
        if (Text($"overlay2/{cacheId}/link") is not { } link || !IsLink(link)) return null;
        var lower = Text($"overlay2/{cacheId}/lower");
        return isBase == lower is null && (lower is null || IsLower(lower)) ? new StoredLayer(cacheId, link, lower) : null;
    }

    /// <summary>Whether a text can be a cache ID: what it names is part of paths.</summary>
    public static bool IsCacheId(string text) => text.Length == CacheIdLength && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    /// <summary>Whether a text can be a link's name.</summary>
    public static bool IsLink(string text) => text.Length == LinkLength && !text.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");

    private static bool IsLower(string text) => text.Split(':').All(part => part.StartsWith("l/", StringComparison.Ordinal) && IsLink(part[2..]));
}
