using System.Text.Json;
using System.Text.Json.Serialization;
using EtchStream.Pack.Overlay2;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Planning;

/// <summary>
/// What layers add up to, kept from run to run in a folder of the user's: one small file a layer, by its diff ID. A base has a file less
/// than the same layer on others.
/// </summary>
/// <param name="folder">The folder; null to keep nothing.</param>
internal sealed class LayerFacts(string? folder)
{
    private const int CurrentVersion = 1;
    private const int MaxLength = 4096;

    /// <summary>The usual folder: <c>$XDG_CACHE_HOME/etchstream/layers</c>, or what stands for it on other systems.</summary>
    public static string DefaultFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "etchstream",
        "layers");

    /// <summary>What is known of a layer; null for nothing.</summary>
    public SegmentTotals? Find(EngineLayer layer, string partition)
    {
        if (folder is null) return null;
        try
        {
            var file = new FileInfo(PathOf(layer));
            if (!file.Exists || file.Length > MaxLength) return null;
            var facts = JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), LayerFactsJson.Default.StoredFacts);
            return facts is { Version: CurrentVersion, Entries: >= 0, Bytes: >= 0, Blocks: >= 0, Inodes: >= 0 }
                ? new SegmentTotals(partition, facts.Entries, facts.Bytes, facts.Blocks, facts.Inodes)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // A cache that cannot be read is none.
            return null;
        }
    }

    /// <summary>Keeps what was found out.</summary>
    public void Keep(EngineLayer layer, SegmentTotals totals)
    {
        if (folder is null) return;
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(layer);
            var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
            var facts = new StoredFacts { Version = CurrentVersion, Entries = totals.Entries, Bytes = totals.Bytes, Blocks = totals.Blocks, Inodes = totals.Inodes };
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(facts, LayerFactsJson.Default.StoredFacts));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the next run finds it out again.
        }
    }

    /// <summary>Forgets what turned out to be wrong.</summary>
    public void Forget(EngineLayer layer)
    {
        if (folder is not null && File.Exists(PathOf(layer))) File.Delete(PathOf(layer));
    }

    private string PathOf(EngineLayer layer) => Path.Combine(folder!, $"{layer.Layer.DiffId.Digest.Hex}-{(layer.Parent is null ? "base" : "upper")}.json");

    /// <summary>The file.</summary>
    internal sealed class StoredFacts
    {
        /// <summary>Version of the file's form.</summary>
        public int Version { get; init; }

        /// <summary>Members.</summary>
        public long Entries { get; init; }

        /// <summary>Bytes of content.</summary>
        public long Bytes { get; init; }

        /// <summary>Blocks of 4096 bytes.</summary>
        public long Blocks { get; init; }

        /// <summary>Inodes.</summary>
        public long Inodes { get; init; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LayerFacts.StoredFacts))]
internal sealed partial class LayerFactsJson : JsonSerializerContext;
