using System.Text.Json;
using EtchStream.Oci;

namespace EtchStream.Pack.Overlay2;

/// <summary>
/// The engine's index of names, <c>repositories.json</c>: repository → reference → image ID, in the compact form and the order in which
/// an engine writes it.
/// </summary>
internal sealed class RepositoriesJson
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _repositories = new(StringComparer.Ordinal);

    /// <summary>The names that a pull of this reference gives an image: by digest only the digest, by tag the tag and the digest that it stood for.</summary>
    public static IEnumerable<string> NamesOf(ImageReference reference, Digest? named)
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

    /// <summary>Gives an image a name.</summary>
    public void Add(ImageReference reference, string name, Digest imageId)
    {
        if (!_repositories.TryGetValue(reference.FamiliarName, out var names)) _repositories.Add(reference.FamiliarName, names = new(StringComparer.Ordinal));
        names[name] = imageId.ToString();
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("Repositories");
            foreach (var (repository, names) in _repositories)
            {
                json.WriteStartObject(repository);
                foreach (var (name, imageId) in names) json.WriteString(name, imageId);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
