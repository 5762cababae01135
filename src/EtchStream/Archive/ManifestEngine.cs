using System.Text.Json.Serialization;
using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>
/// The container engine's store that an archive brings container images for: where it lies, and which of its parts belong to
/// whatever is in the partition already as much as to the archive.
/// </summary>
/// <remarks>
/// Paths count from the partition's root and are clean: no slash at either end, no empty, <c>.</c> or <c>..</c> parts; empty for
/// the root itself.
/// </remarks>
public sealed class ManifestEngine
{
    /// <summary>The one storage driver whose store can be written.</summary>
    public const string Overlay2 = "overlay2";

    /// <summary>The most shared folders that a manifest may name.</summary>
    public const int MaxSharedFolders = 1000;

    /// <summary>The partition's selector.</summary>
    public required string Partition { get; init; }

    /// <summary>Path of the engine's data root: <c>docker</c>, <c>var/lib/docker</c>.</summary>
    public required string Root { get; init; }

    /// <summary>The engine's storage driver: <see cref="Overlay2"/>.</summary>
    public required string Driver { get; init; }

    /// <summary>
    /// Paths of folders that the archive's members make only where they are missing; where there is one, it stays as it is, with
    /// its owner, mode, times and attributes.
    /// </summary>
    [JsonRequired]
    public IReadOnlyList<string> SharedFolders { get; init; } = [];

    /// <summary>The file that names the engine's images, which is added to and not replaced: path from the partition's root.</summary>
    [JsonIgnore]
    public string RepositoriesPath => Root.Length == 0 ? $"image/{Driver}/repositories.json" : $"{Root}/image/{Driver}/repositories.json";

    internal void Validate()
    {
        if (!ArchiveNames.IsPartitionSelector(Partition)) throw Corrupt("the engine's partition is not a number or label");
        if (!ArchiveNames.IsCleanPath(Root)) throw Corrupt("the engine's root is not a clean path within its partition");
        if (SharedFolders.Count > MaxSharedFolders) throw Corrupt($"the engine has {SharedFolders.Count} shared folders; at most {MaxSharedFolders} are accepted");
        foreach (var folder in SharedFolders)
        {
            // Null annotations do not reach into lists: a null element gets through the deserializer.
            if (folder is null || !ArchiveNames.IsCleanPath(folder)) throw Corrupt("a shared folder of the engine is not a clean path within its partition");
        }

        if (Driver != Overlay2)
        {
            throw new UnsupportedFormatException("storage driver", $"{ArchiveNames.Manifest}: it is not for an engine with the storage driver {Overlay2}, and no other is known; use a newer etchstream");
        }
    }

    private static CorruptFormatException Corrupt(string problem) => new(ArchiveNames.Manifest, -1, problem);
}
