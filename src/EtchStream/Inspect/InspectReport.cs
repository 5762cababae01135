using System.Text.Json.Serialization;
using EtchStream.Archive;

namespace EtchStream.Inspect;

/// <summary>What was found in a file: one of an archive and a disk image. Printed by <see cref="InspectText"/>, as JSON by <see cref="ToJson"/>.</summary>
public sealed class InspectReport
{
    /// <summary>The file as the user named it.</summary>
    public required string Name { get; init; }

    /// <summary>Set when it is an etch archive.</summary>
    public ArchiveReport? Archive { get; init; }

    /// <summary>Set when it is a disk image.</summary>
    public ImageReport? Image { get; init; }

    /// <summary>The report as JSON: UTF-8 text, camelCase, members without a value left out.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, InspectJson.Default.InspectReport);
}

/// <summary>An archive.</summary>
public sealed class ArchiveReport
{
    /// <summary>How the whole archive is compressed: <c>gzip</c>, <c>zstd</c>…; null when it is not.</summary>
    public string? Compression { get; init; }

    /// <summary>Bytes of the archive, uncompressed, as far as it could be read.</summary>
    public required long Size { get; init; }

    /// <summary>Version of the format; null for an archive made by hand, which has no manifest.</summary>
    public int? Version { get; init; }

    /// <summary>
    /// Whether it is whole: its end was there and, where it has a trailer, lengths and counts are right, and so is the digest if all of it
    /// was read (<see cref="IsRead"/>).
    /// </summary>
    public required bool IsComplete { get; init; }

    /// <summary>
    /// Whether all its bytes were read, and their digest compared with the trailer's. False where of a file only the headers were read:
    /// damage in what is between them is not found then.
    /// </summary>
    public bool IsRead { get; init; }

    /// <summary>Why it is not whole, or cannot be unpacked; one line.</summary>
    public string? Problem { get; init; }

    /// <summary>SHA-256 of all bytes before the trailer, 64 hexadecimal digits, when it was computed and is what the trailer says; else null.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The same as the trailer says, computed or not; null when the archive has no trailer.</summary>
    public string? StatedSha256 { get; init; }

    /// <summary>Whether it has a signature, which is not checked here.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The disk image; null when the archive has none.</summary>
    public ArchiveImageReport? Image { get; init; }

    /// <summary>What there is for each partition, in order of appearance.</summary>
    public IReadOnlyList<ArchivePartitionReport> Partitions { get; init; } = [];

    /// <summary>The container images that it brings, as its manifest has them; null when it brings none.</summary>
    public IReadOnlyList<ManifestContainer>? Containers { get; init; }

    /// <summary>The services of the apps.json that it brings; null when it brings none.</summary>
    public IReadOnlyList<ManifestService>? Services { get; init; }

    /// <summary>What it brings for a container engine's store: its images and layers, with their sizes as far as it brings them; null when it brings no images.</summary>
    public StoreReport? Store { get; init; }

    /// <summary>The services of its apps.json, each with its image among those that it brings; null when it brings none.</summary>
    public AppsReport? Apps { get; init; }
}

/// <summary>The disk image in an archive.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Size">Bytes of the member, holes included (of the compressed file, when it is compressed).</param>
/// <param name="DataSize">Bytes that are stored.</param>
/// <param name="Compression">Its own compression, null when it has none.</param>
public sealed record ArchiveImageReport(string Name, long Size, long DataSize, string? Compression);

/// <summary>The members for one partition.</summary>
public sealed class ArchivePartitionReport
{
    /// <summary>Number or label as the archive spells it.</summary>
    public required string Selector { get; init; }

    /// <summary>Members of every kind.</summary>
    public long Entries { get; set; }

    /// <summary>Regular files.</summary>
    public long Files { get; set; }

    /// <summary>Directories.</summary>
    public long Directories { get; set; }

    /// <summary>Symbolic links.</summary>
    public long SymbolicLinks { get; set; }

    /// <summary>Hard links.</summary>
    public long HardLinks { get; set; }

    /// <summary>Device nodes and FIFOs.</summary>
    public long Nodes { get; set; }

    /// <summary>Bytes of content, holes not counted.</summary>
    public long Bytes { get; set; }
}

/// <summary>A disk image.</summary>
public sealed class ImageReport
{
    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary><c>mbr</c>, <c>gpt</c> or <c>none</c>.</summary>
    public required string PartitionTable { get; init; }

    /// <summary>Bytes a sector, as the table counts.</summary>
    public required int SectorSize { get; init; }

    /// <summary>The MBR's signature or the GPT's GUID.</summary>
    public string? DiskId { get; init; }

    /// <summary>The partitions, in the order of the table.</summary>
    public IReadOnlyList<PartitionReport> Partitions { get; init; } = [];

    /// <summary>The file system that fills the whole image, when there is no table.</summary>
    public FileSystemReport? FileSystem { get; init; }

    /// <summary>What is wrong with the table but does not keep it from being used.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A partition of a disk image.</summary>
public sealed class PartitionReport
{
    /// <summary>Number as the kernel counts.</summary>
    public required int Number { get; init; }

    /// <summary>First byte on the disk.</summary>
    public required long Start { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Type byte (<c>0x83</c>) or GUID.</summary>
    public required string Type { get; init; }

    /// <summary>Name in the GPT.</summary>
    public string? Name { get; init; }

    /// <summary>PARTUUID.</summary>
    public required string UniqueId { get; init; }

    /// <summary>True for the container of an MBR's logical partitions.</summary>
    public bool IsExtended { get; init; }

    /// <summary>True for a logical partition of an MBR.</summary>
    public bool IsLogical { get; init; }

    /// <summary>What it holds; null when that is nothing that is known.</summary>
    public FileSystemReport? FileSystem { get; init; }

    /// <summary>What is wrong with the partition, one line; null when nothing is.</summary>
    public string? Problem { get; init; }
}

/// <summary>A file system.</summary>
public sealed class FileSystemReport
{
    /// <summary>Its type in small letters: <c>ext4</c>, <c>fat16</c>…</summary>
    public required string Type { get; init; }

    /// <summary>Its label.</summary>
    public string? Label { get; init; }

    /// <summary>Its UUID or serial number.</summary>
    public string? Uuid { get; init; }

    /// <summary>Bytes in one allocation unit (block, cluster).</summary>
    public int? BlockSize { get; init; }

    /// <summary>Bytes of the file system.</summary>
    public long? Size { get; init; }

    /// <summary>Free bytes.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Inodes.</summary>
    public long? Inodes { get; init; }

    /// <summary>Free inodes.</summary>
    public long? FreeInodes { get; init; }

    /// <summary>Why files cannot be written into it, or why it cannot be read; null when they can.</summary>
    public string? Problem { get; init; }

    /// <summary>The container engine's store in it (ext2, ext3 and ext4 are looked into); null when it has none.</summary>
    public StoreReport? Store { get; internal set; }

    /// <summary>The apps.json of a balenaOS device, on the partition <c>resin-data</c>; null when there is none.</summary>
    public AppsReport? Apps { get; internal set; }

    /// <summary>Why a store or an apps.json could not be looked for, one line; null when it could.</summary>
    public string? ContentProblem { get; internal set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(InspectReport))]
internal sealed partial class InspectJson : JsonSerializerContext;
