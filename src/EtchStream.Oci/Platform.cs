using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EtchStream.Oci;

/// <summary>
/// What an image runs on, <c>os/architecture[/variant]</c> in Go's names (OCI image spec, image-index.md, "platform"). Always in
/// normal form: <c>x86_64</c> is <c>amd64</c>, <c>aarch64</c> is <c>arm64</c>, <c>armhf</c> is <c>arm/v7</c>, and a variant is
/// always given where the architecture has a default one (<c>arm64/v8</c>, <c>arm/v7</c>, <c>amd64/v1</c>).
/// </summary>
public sealed record Platform
{
    private Platform(string os, string architecture, string? variant)
    {
        Os = os;
        Architecture = architecture;
        Variant = variant;
    }

    /// <summary>Operating system: <c>linux</c>.</summary>
    public string Os { get; }

    /// <summary>Architecture: <c>amd64</c>, <c>arm64</c>, <c>arm</c>…</summary>
    public string Architecture { get; }

    /// <summary>Variant, with its default filled in; null for architectures that have none.</summary>
    public string? Variant { get; }

    /// <summary>
    /// True for <c>unknown/unknown</c>, the mark of manifests in an index that are no images, such as build attestations.
    /// </summary>
    public bool IsUnknown => Os is "unknown" && Architecture is "unknown";

    /// <summary>Makes the normal form of a platform from its parts as a document gives them.</summary>
    public static Platform Create(string os, string architecture, string? variant = null)
    {
        ArgumentNullException.ThrowIfNull(os);
        ArgumentNullException.ThrowIfNull(architecture);
        os = os.ToLowerInvariant() is "macos" ? "darwin" : os.ToLowerInvariant();
        architecture = architecture.ToLowerInvariant();
        variant = string.IsNullOrEmpty(variant) ? null : variant.ToLowerInvariant();
        (architecture, var implied) = architecture switch
        {
            "x86_64" or "x86-64" => ("amd64", null),
            "aarch64" => ("arm64", null),
            "i386" or "i486" or "i586" or "i686" => ("386", null),
            "armhf" => ("arm", "v7"),
            "armel" => ("arm", "v6"),
            _ => (architecture, (string?)null)
        };
        variant ??= implied;
        variant ??= architecture switch { "arm64" => "v8", "arm" => "v7", "amd64" => "v1", _ => null };
        if (char.IsAsciiDigit(variant?[0] ?? 'v')) variant = "v" + variant;
        return new Platform(os, architecture, variant);
    }

    /// <summary>Reads <c>os/architecture[/variant]</c>.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static Platform Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var platform)
            ? platform
            : throw new FormatException($"invalid platform {Printable.Quote(text)}: it has to be os/architecture or os/architecture/variant, such as linux/arm/v7");
    }

    /// <summary>Reads <c>os/architecture[/variant]</c>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Platform? platform)
    {
        platform = null;
        var parts = text?.Split('/') ?? [];
        if (parts.Length is not (2 or 3)) return false;
        foreach (var part in parts)
        {
            if (part.Length == 0) return false;
            foreach (var c in part)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
            }
        }
        platform = Create(parts[0], parts[1], parts.Length == 3 ? parts[2] : null);
        return true;
    }

    /// <summary>
    /// How well an image for <paramref name="offered"/> suits this platform: 0 where it does not run, else higher is better.
    /// A processor runs what was built for its own variant or an older one: <c>arm/v7</c> takes v7, v6, v5, in that order.
    /// 64-bit platforms never take 32-bit images; whether those run is the device's matter, and the choice would be silent.
    /// </summary>
    public int Suitability(Platform offered)
    {
        ArgumentNullException.ThrowIfNull(offered);
        if (!string.Equals(Os, offered.Os, StringComparison.Ordinal)) return 0;
        if (!string.Equals(Architecture, offered.Architecture, StringComparison.Ordinal)) return 0;
        if (string.Equals(Variant, offered.Variant, StringComparison.Ordinal)) return int.MaxValue;
        // A variant that is no version number has no order: it suits only itself.
        if (!TryVersion(Variant, out var wanted) || !TryVersion(offered.Variant, out var version)) return 0;
        return version <= wanted ? version : 0;
    }

    /// <summary>The best of several platforms for this one; among equals the first.</summary>
    /// <returns>Its index, or -1 where none runs here.</returns>
    public int ChooseFrom(IReadOnlyList<Platform?> offered)
    {
        ArgumentNullException.ThrowIfNull(offered);
        var (best, suitability) = (-1, 0);
        for (var i = 0; i < offered.Count; i++)
        {
            var current = offered[i] is { } platform ? Suitability(platform) : 0;
            if (current > suitability) (best, suitability) = (i, current);
        }
        return best;
    }

    // "v7" -> 7000, "v8.1" -> 8001
    private static bool TryVersion(string? variant, out int version)
    {
        version = 0;
        if (variant is not { Length: > 1 and <= 8 } || variant[0] != 'v') return false;
        var dot = variant.IndexOf('.');
        var major = dot < 0 ? variant.AsSpan(1) : variant.AsSpan(1, dot - 1);
        var minor = dot < 0 ? "0" : variant.AsSpan(dot + 1);
        if (!TryNumber(major, out var high) || !TryNumber(minor, out var low)) return false;
        version = (high * 1000) + low;
        return version > 0;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1000;

    /// <summary><c>os/architecture[/variant]</c>; a variant that is the default one is left out, except for 32-bit arm.</summary>
    public override string ToString() => (Architecture, Variant) is (_, null) or ("arm64", "v8") or ("amd64", "v1")
        ? $"{Os}/{Architecture}"
        : $"{Os}/{Architecture}/{Variant}";
}
