using System.Buffers;
using System.Text.Json;

namespace EtchStream.Engine;

/// <summary>
/// An engine's <c>repositories.json</c>: for each repository its references, each with the ID of its image.
/// <c>{"Repositories":{"host/repo":{"host/repo:tag":"sha256:…","host/repo@sha256:…":"sha256:…"}}}</c>
/// </summary>
/// <remarks>Source: moby 20.10, <c>reference/store.go</c>, and Go's <c>encoding/json</c>, which writes the keys of a map in order.</remarks>
internal sealed class RepositoriesFile
{
    private const string Name = "Repositories";
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _repositories = new(StringComparer.Ordinal);

    /// <summary>Members beside <c>Repositories</c>, as they were written, each behind a comma.</summary>
    private readonly ArrayBufferWriter<byte> _others = new();

    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is no JSON, or of another shape.</exception>
    /// <exception cref="InvalidOperationException">A text in it is no Unicode.</exception>
    public static RepositoriesFile Parse(ReadOnlySpan<byte> json)
    {
        var file = new RepositoriesFile();
        var reader = new Utf8JsonReader(json);
        var isFound = false;
        reader.Read();
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader))
        {
            var start = (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            if (name == Name && !isFound)
            {
                file.ReadRepositories(ref reader);
                isFound = true;
            }
            else if (name.Equals(Name, StringComparison.OrdinalIgnoreCase))
            {
                // Go takes every spelling, and each time it comes, so that the engine would see other entries than we do.
                throw new JsonException();
            }
            else
            {
                reader.Skip();
                file._others.Write(","u8);
                file._others.Write(json[start..(int)reader.BytesConsumed]);
            }
        }

        // Throws when something follows.
        reader.Read();
        return file;
    }

    /// <summary>All references: repository, reference, image ID; in order.</summary>
    public IEnumerable<(string Repository, string Reference, string ImageId)> References => _repositories.SelectMany(r => r.Value.Select(i => (r.Key, i.Key, i.Value)));

    /// <summary>Gives an image a name.</summary>
    /// <param name="repository">The repository, as an engine shows it.</param>
    /// <param name="reference">The whole name: <c>repository:tag</c> or <c>repository@sha256:…</c>.</param>
    /// <param name="imageId">The image's ID, <c>sha256:…</c>.</param>
    public void Add(string repository, string reference, string imageId)
    {
        if (!_repositories.TryGetValue(repository, out var mine)) _repositories.Add(repository, mine = new(StringComparer.Ordinal));
        mine[reference] = imageId;
    }

    /// <summary>Takes what another file holds; on the same reference the other wins.</summary>
    public void Add(RepositoriesFile other)
    {
        foreach (var (repository, references) in other._repositories)
        {
            if (!_repositories.TryGetValue(repository, out var mine)) _repositories.Add(repository, mine = new(StringComparer.Ordinal));
            foreach (var (reference, image) in references) mine[reference] = image;
        }
    }

    /// <summary>The file as the engine writes it: keys in order, nothing between them.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\"Repositories\":{"u8);
        var isFirst = true;
        foreach (var (repository, references) in _repositories)
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            GoJson.WriteString(output, repository);
            output.Write(":{"u8);
            var isFirstReference = true;
            foreach (var (reference, image) in references)
            {
                if (!isFirstReference) output.Write(","u8);
                isFirstReference = false;
                GoJson.WriteString(output, reference);
                output.Write(":"u8);
                GoJson.WriteString(output, image);
            }

            output.Write("}"u8);
        }

        output.Write("}"u8);
        output.Write(_others.WrittenSpan);
        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private void ReadRepositories(ref Utf8JsonReader reader)
    {
        reader.Read();

        // Go's word for a map without entries.
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextName(ref reader))
        {
            var references = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (!_repositories.TryAdd(reader.GetString()!, references)) throw new JsonException();
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject);
            while (NextName(ref reader))
            {
                var reference = reader.GetString()!;
                reader.Read();
                Expect(ref reader, JsonTokenType.String);
                if (!references.TryAdd(reference, reader.GetString()!)) throw new JsonException();
            }
        }
    }

    /// <summary>Goes to the next member's name, or to the object's end.</summary>
    private static bool NextName(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type) throw new JsonException();
    }
}
