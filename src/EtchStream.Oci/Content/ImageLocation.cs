namespace EtchStream.Oci.Content;

/// <summary>The kinds of places an image is taken from.</summary>
public enum ImageLocationKind
{
    /// <summary>A registry, named by an <see cref="ImageReference"/>.</summary>
    Registry,

    /// <summary>A directory in the form of the OCI image layout.</summary>
    OciLayout,

    /// <summary>A tar of an OCI image layout.</summary>
    OciArchive,

    /// <summary>A tar as <c>docker save</c> writes it.</summary>
    DockerArchive,

    /// <summary>The data root of a container engine: a folder, a tar of it, or a partition of a disk image (<c>PATH#PARTITION</c>).</summary>
    Engine
}

/// <summary>
/// Where an image is, as users write it: <c>host/repo:tag</c>, <c>host/repo@sha256:…</c>, <c>oci:DIR[:TAG]</c>,
/// <c>oci-archive:FILE[:TAG]</c>, <c>docker-archive:FILE[:REF]</c>, <c>engine:DIR[:REF]</c>, <c>engine:FILE[#PART][:REF]</c>. The path ends at its first colon.
/// </summary>
public sealed record ImageLocation
{
    private ImageLocation(string text, ImageLocationKind kind, string? path, string? name, ImageReference? reference)
    {
        Text = text;
        Kind = kind;
        Path = path;
        Name = name;
        Reference = reference;
    }

    /// <summary>The location as written.</summary>
    public string Text { get; }

    /// <summary>Which kind of place it is.</summary>
    public ImageLocationKind Kind { get; }

    /// <summary>Directory or file; null for a registry.</summary>
    public string? Path { get; }

    /// <summary>Which image of a layout, archive or engine: tag, reference or digest; null where it holds only one, and for all of an engine's.</summary>
    public string? Name { get; }

    /// <summary>The reference; null for everything but a registry.</summary>
    public ImageReference? Reference { get; }

    /// <summary>The place of an image in a registry.</summary>
    public static ImageLocation Of(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new ImageLocation(reference.ToString(), ImageLocationKind.Registry, path: null, name: null, reference);
    }

    /// <summary>Reads a location. Nothing is opened.</summary>
    /// <exception cref="FormatException">The text is no location; the message says why.</exception>
    public static ImageLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':');
        ImageLocationKind? kind = (colon < 0 ? "" : text[..colon]) switch
        {
            "oci" => ImageLocationKind.OciLayout,
            "oci-archive" => ImageLocationKind.OciArchive,
            "docker-archive" => ImageLocationKind.DockerArchive,
            "engine" => ImageLocationKind.Engine,
            _ => null
        };
        if (kind is null) return new ImageLocation(text, ImageLocationKind.Registry, path: null, name: null, ImageReference.Parse(text));

        var rest = text[(colon + 1)..];
        var end = rest.IndexOf(':');
        var path = end < 0 ? rest : rest[..end];
        var name = end < 0 ? null : rest[(end + 1)..];
        if (path.Length == 0) throw new FormatException($"{Printable.Quote(text)}: the path after {text[..colon]}: is missing");
        if (path.Contains('\0')) throw new FormatException($"{Printable.Quote(text)}: a path has no NUL character");
        if (name is "") throw new FormatException($"{Printable.Quote(text)}: the name after the path's colon is empty");
        return new ImageLocation(text, kind.Value, path, name, reference: null);
    }

    /// <summary>The location as written.</summary>
    public override string ToString() => Text;
}
