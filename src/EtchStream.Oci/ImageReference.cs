using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EtchStream.Oci;

/// <summary>
/// The name of an image in a registry: <c>host[:port]/repository[:tag][@digest]</c>, by the reference grammar of the distribution
/// project that every engine uses. Short names are Docker Hub's: <c>alpine</c> is <c>docker.io/library/alpine</c>. A name with
/// neither tag nor digest means the tag <c>latest</c>.
/// </summary>
public sealed record ImageReference
{
    /// <summary>Docker Hub's host in names. Requests go to another host, see the registry client.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>The tag of a name that gives neither tag nor digest.</summary>
    public const string DefaultTag = "latest";

    internal const string OfficialPrefix = "library/";

    internal ImageReference(string host, string repository, string? tag, Digest? digest)
    {
        Host = host;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Registry host, with <c>:port</c> where one was given; <c>docker.io</c> for Docker Hub.</summary>
    public string Host { get; }

    /// <summary>Repository on that host: <c>library/alpine</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null where only a digest was given.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest or index meant; null where only a tag was given. Where both are given the digest decides.</summary>
    public Digest? Digest { get; }

    /// <summary>Host and repository: <c>docker.io/library/alpine</c>.</summary>
    public string Name => $"{Host}/{Repository}";

    /// <summary>
    /// Host and repository as an engine shows and stores them: Docker Hub's host and <c>library/</c> are left out, so that
    /// <c>docker.io/library/alpine</c> is <c>alpine</c> and <c>docker.io/acme/app</c> is <c>acme/app</c>.
    /// </summary>
    public string FamiliarName
    {
        get
        {
            if (!string.Equals(Host, DockerHub, StringComparison.Ordinal)) return Name;
            var shortName = Repository.StartsWith(OfficialPrefix, StringComparison.Ordinal) ? Repository[OfficialPrefix.Length..] : Repository;
            // library/a/b has no shorter spelling: a/b would be read back as the user a's repository b.
            return shortName.Contains('/') && shortName.Length != Repository.Length ? Repository : shortName;
        }
    }

    /// <summary>What the registry is asked for: the digest if there is one, else the tag.</summary>
    public string Target => Digest?.ToString() ?? Tag!;

    /// <summary>The same repository, named by digest alone.</summary>
    public ImageReference WithDigest(Digest digest) => new(Host, Repository, tag: null, digest);

    /// <summary>Reads a reference in full or short form.</summary>
    /// <exception cref="FormatException">The text is not a valid reference; the message says which part is wrong and how it has to be.</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReferenceGrammar.TryParse(text, out var reference, out var problem)
            ? reference
            : throw new FormatException($"invalid image reference {Printable.Quote(text)}: {problem}");
    }

    /// <summary>Reads a reference, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        return text is not null && ReferenceGrammar.TryParse(text, out reference, out _);
    }

    /// <summary>The reference as an engine would show it: familiar name, tag, digest.</summary>
    public string ToFamiliarString() => Append(FamiliarName);

    /// <summary>The full reference: host, repository, tag, digest.</summary>
    public override string ToString() => Append(Name);

    private string Append(string name)
    {
        var text = new StringBuilder(name);
        if (Tag is not null) text.Append(':').Append(Tag);
        if (Digest is { } digest) text.Append('@').Append(digest.ToString());
        return text.ToString();
    }
}
