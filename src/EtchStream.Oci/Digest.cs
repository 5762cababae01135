using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace EtchStream.Oci;

/// <summary>
/// A content digest, <c>algorithm:hex</c> (OCI image spec, descriptor.md, "Digests"). The two algorithms the spec registers are
/// known: <c>sha256</c> (64 hex characters) and <c>sha512</c> (128), always in lower case.
/// </summary>
public readonly record struct Digest
{
    private const string Sha256Prefix = "sha256:";
    private const string Sha512Prefix = "sha512:";

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>True for <c>default(Digest)</c>, which names nothing.</summary>
    public bool IsEmpty => _text is null;

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => ToString()[..6];

    /// <summary>The hash as lower-case hexadecimal, without the algorithm.</summary>
    public string Hex => ToString()[7..];

    /// <summary>True where the algorithm is SHA-256, the only one an engine's store uses.</summary>
    public bool IsSha256 => ToString().StartsWith(Sha256Prefix, StringComparison.Ordinal);

    /// <summary>The SHA-256 digest of some bytes.</summary>
    public static Digest Sha256(ReadOnlySpan<byte> content) => FromSha256(SHA256.HashData(content));

    /// <summary>A digest from the 32 bytes of a SHA-256 hash.</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, SHA256.HashSizeInBytes);
        return new Digest(Sha256Prefix + Convert.ToHexStringLower(hash));
    }

    /// <summary>Reads <c>algorithm:hex</c>.</summary>
    /// <exception cref="FormatException">The text is not a digest; the message says why.</exception>
    public static Digest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var digest, out var problem) ? digest : throw new FormatException(problem);
    }

    /// <summary>Reads <c>algorithm:hex</c>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest) => TryParse(text, out digest, out _);

    internal static bool TryParse([NotNullWhen(true)] string? text, out Digest digest, out string problem)
    {
        digest = default;
        problem = "";
        var (prefix, length) = text switch
        {
            not null when text.StartsWith(Sha256Prefix, StringComparison.Ordinal) => (Sha256Prefix, SHA256.HashSizeInBytes * 2),
            not null when text.StartsWith(Sha512Prefix, StringComparison.Ordinal) => (Sha512Prefix, SHA512.HashSizeInBytes * 2),
            _ => ("", 0)
        };
        if (length == 0)
            problem = $"digest {Printable.Quote(text)} does not begin with sha256: or sha512:";
        else if (text!.Length != prefix.Length + length)
            problem = $"digest {Printable.Quote(text)} has {text.Length - prefix.Length} characters after {prefix} where {length} belong";
        else if (text.AsSpan(prefix.Length).ContainsAnyExcept("0123456789abcdef"))
            problem = $"digest {Printable.Quote(text)} has other characters than 0-9 and a-f";
        else
            digest = new Digest(text);
        return problem.Length == 0;
    }

    /// <summary>A hash object for this digest's algorithm.</summary>
    internal IncrementalHash CreateHash() => IncrementalHash.CreateHash(HashName);

    /// <summary>The digest of the same algorithm over what <paramref name="hash"/> has seen; resets it.</summary>
    internal Digest Finish(IncrementalHash hash) =>
        new((IsSha256 ? Sha256Prefix : Sha512Prefix) + Convert.ToHexStringLower(hash.GetHashAndReset()));

    /// <summary>The digest, in this one's algorithm, of some bytes.</summary>
    internal Digest OfSameAlgorithm(ReadOnlySpan<byte> content) =>
        IsSha256 ? Sha256(content) : new Digest(Sha512Prefix + Convert.ToHexStringLower(SHA512.HashData(content)));

    private HashAlgorithmName HashName => IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;

    /// <summary><c>algorithm:hex</c>.</summary>
    public override string ToString() => _text ?? throw new InvalidOperationException("an empty digest names nothing");
}
