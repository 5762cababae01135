using EtchStream.Oci;

namespace EtchStream.Pack.Containers;

/// <summary>The names under which an engine knows an image after a pull.</summary>
internal static class ImageNames
{
    /// <summary>The names that a pull of this reference gives an image: by digest only the digest, by tag the tag and the digest that it stood for.</summary>
    public static IEnumerable<string> Of(ImageReference reference, Digest? named)
    {
        var repository = reference.FamiliarName;
        if (reference.Digest is { } digest)
        {
            yield return $"{repository}@{digest}";
            yield break;
        }

        yield return $"{repository}:{reference.Tag}";
        if (named is { } stoodFor) yield return $"{repository}@{stoodFor}";
    }
}
