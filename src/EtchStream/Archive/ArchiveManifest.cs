using System.Text.Json.Serialization;
using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>
/// The first member of an etch archive, <c>manifest.json</c>: what the archive holds, known before anything is streamed.
/// </summary>
/// <remarks>
/// JSON, UTF-8, camelCase, members in the order below, two blanks of indent, one line feed at the end: the same content is the
/// same bytes everywhere. Members that are null are left out. A reader passes over members it does not know; a change that it
/// must not pass over raises <see cref="Version"/>.
/// </remarks>
public sealed record ArchiveManifest
{
    /// <summary>The value of <see cref="Format"/>.</summary>
    public const string FormatName = "etch-archive";

    /// <summary>The format's version that this library writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The longest manifest that is read: 64 MiB.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>Version of the archive's format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The disk image.</summary>
    public required ManifestImage Image { get; init; }

    /// <summary>The partitions that files go into, in the order in which they were asked for.</summary>
    [JsonRequired]
    public IReadOnlyList<ManifestPartition> Partitions { get; init; } = [];

    /// <summary>What is injected, in the order in which it was asked for.</summary>
    [JsonRequired]
    public IReadOnlyList<ManifestInjection> Injected { get; init; } = [];

    /// <summary>The container engine that images are brought for; null where none are.</summary>
    public ManifestEngine? Engine { get; init; }

    /// <summary>The container images; null where the archive brings none.</summary>
    public IReadOnlyList<ManifestContainer>? Containers { get; init; }

    /// <summary>The layers of the images, each behind its parent, in the order of the segments of those that the archive brings; null where it brings no images.</summary>
    public IReadOnlyList<ManifestLayer>? Layers { get; init; }

    /// <summary>The services of the apps.json; null where the archive brings none.</summary>
    public IReadOnlyList<ManifestService>? Apps { get; init; }

    /// <summary>The same with what each partition needs.</summary>
    internal ArchiveManifest WithNeeds(IReadOnlyList<TrailerPartition> needs) => this with
    {
        Partitions = [.. Partitions.Select(p => needs.FirstOrDefault(n => n.Partition == p.Selector) is { } need ? p.WithNeed(need) : p)],
    };

    /// <summary>The manifest's bytes.</summary>
    public byte[] ToBytes() => ArchiveJson.Write(this, ArchiveJson.Context.ArchiveManifest);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="CorruptFormatException">Not JSON, members missing or of a wrong type, values that cannot be.</exception>
    /// <exception cref="UnsupportedFormatException">A version newer than <see cref="CurrentVersion"/>.</exception>
    public static ArchiveManifest Parse(ReadOnlySpan<byte> bytes)
    {
        ArchiveJson.CheckHeader(bytes, ArchiveNames.Manifest, FormatName, CurrentVersion, MaxLength);
        var manifest = ArchiveJson.Read(bytes, ArchiveNames.Manifest, ArchiveJson.Context.ArchiveManifest);
        manifest.Validate();
        return manifest;
    }

    private void Validate()
    {
        if (Image.Name.Length == 0 || Image.Name.AsSpan().IndexOfAny('/', '\0') >= 0) throw Corrupt("the image's name is empty or holds a '/'");
        if (Image.Size < 0) throw Corrupt($"the image's size is negative ({Image.Size})");
        foreach (var partition in Partitions)
        {
            // Null annotations do not reach into lists: a null element gets through the deserializer.
            if (partition is null) throw Corrupt("a partition is null");
            if (!ArchiveNames.IsPartitionSelector(partition.Selector)) throw Corrupt("a partition's selector is not a number or label");
            if (partition.BlockSize is < 1 || partition.FreeBytes is < 0 || partition.FreeInodes is < 0 || partition.NeededBlocks is < 0 || partition.NeededInodes is < 0) throw Corrupt($"a count of partition {partition.Selector} cannot be");
            if (partition.Number is < 1) throw Corrupt($"partition {partition.Selector} has the number {partition.Number}");
        }

        foreach (var injection in Injected)
        {
            if (injection is null) throw Corrupt("an injection is null");
            if (!ArchiveNames.IsPartitionSelector(injection.Partition)) throw Corrupt("an injection's partition is not a number or label");
        }

        foreach (var container in Containers ?? [])
        {
            if (container is null) throw Corrupt("a container image is null");
            container.Validate();
        }

        foreach (var layer in Layers ?? [])
        {
            if (layer is null) throw Corrupt("a layer is null");
            layer.Validate();
        }

        if ((Apps ?? []).Any(a => a is null)) throw Corrupt("a service is null");

        Engine?.Validate();
    }

    private static CorruptFormatException Corrupt(string problem) => new(ArchiveNames.Manifest, -1, problem);
}
