using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EtchStream.Formats;

namespace EtchStream.Pack;

/// <summary>The forms in which an archive can be written.</summary>
public enum PackCompressionKind
{
    /// <summary>A plain tar.</summary>
    None,

    /// <summary>gzip, RFC 1952.</summary>
    Gzip,

    /// <summary>Zstandard, RFC 8878.</summary>
    Zstd,
}

/// <summary>How an archive is compressed.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Level">Its level; null for the method's usual one.</param>
public sealed record PackCompression(PackCompressionKind Kind, int? Level = null)
{
    /// <summary>No compression.</summary>
    public static PackCompression None { get; } = new(PackCompressionKind.None);

    /// <summary>Reads <c>none</c>, <c>gzip[:LEVEL]</c> or <c>zstd[:LEVEL]</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="compression">The result, when it is one.</param>
    /// <param name="problem">What is wrong, when it is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PackCompression? compression, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        compression = null;
        problem = null;
        var colon = text.IndexOf(':');
        PackCompressionKind? kind = (colon < 0 ? text : text[..colon]) switch
        {
            "none" => PackCompressionKind.None,
            "gzip" => PackCompressionKind.Gzip,
            "zstd" => PackCompressionKind.Zstd,
            _ => null,
        };
        int? level = null;
        if (colon >= 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) level = number;

        // Level 0 of gzip stores; beyond the last levels the methods have no meaning for a number.
        var (first, last) = kind == PackCompressionKind.Gzip ? (0, 9) : (1, 22);
        if (kind is null) problem = $"'{text}': it has to be none, gzip[:0-9] or zstd[:1-22]{(NearName.Of(colon < 0 ? text : text[..colon], ["none", "gzip", "zstd"]) is { } near ? $"; did you mean {near}?" : "")}";
        else if (colon >= 0 && (kind == PackCompressionKind.None || level is null || level < first || level > last))
        {
            problem = kind == PackCompressionKind.None ? $"'{text}': none has no level" : $"'{text}': the level is a number from {first} to {last}";
        }

        if (problem is not null) return false;
        compression = new PackCompression(kind!.Value, level);
        return true;
    }
}
