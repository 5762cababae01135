using System.Diagnostics.CodeAnalysis;

namespace EtchStream.Oci;

/// <summary>
/// The digest of a layer's <em>uncompressed</em> tar, as an image config lists it under <c>rootfs.diff_ids</c> (OCI image spec,
/// config.md, "Layer DiffID"). A type of its own, so that it is never taken for a blob's digest or a chain ID. SHA-256 only:
/// an engine's layer store knows no other.
/// </summary>
public readonly record struct DiffId
{
    /// <summary>Takes a digest for what it is: a diff ID.</summary>
    /// <exception cref="ArgumentException">The digest is not SHA-256.</exception>
    public DiffId(Digest digest)
    {
        if (!digest.IsSha256) throw new ArgumentException("a diff ID is a SHA-256 digest", nameof(digest));
        Digest = digest;
    }

    /// <summary>The digest itself.</summary>
    public Digest Digest { get; }

    /// <summary>The 64 hexadecimal characters.</summary>
    public string Hex => Digest.Hex;

    /// <summary>Reads <c>sha256:hex</c>.</summary>
    /// <exception cref="FormatException">The text is not a SHA-256 digest.</exception>
    public static DiffId Parse(string text)
    {
        var digest = Digest.Parse(text);
        return digest.IsSha256 ? new DiffId(digest) : throw new FormatException($"diff ID {Printable.Quote(text)} is not SHA-256");
    }

    /// <summary>Reads <c>sha256:hex</c>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DiffId diffId)
    {
        var ok = Digest.TryParse(text, out var digest) && digest.IsSha256;
        diffId = ok ? new DiffId(digest) : default;
        return ok;
    }

    /// <summary><c>sha256:hex</c>.</summary>
    public override string ToString() => Digest.ToString();
}
