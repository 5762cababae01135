using System.Text.Json.Serialization;
using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>
/// The last member of an etch archive, <c>etch-trailer.json</c>: proof that everything before it arrived, and the sums.
/// </summary>
/// <remarks>
/// JSON in the form that <see cref="ArchiveManifest"/> describes. It covers every byte of the uncompressed archive before its own
/// first header block, so it can be computed, and checked, in the same pass that moves the data.
/// </remarks>
public sealed class ArchiveTrailer
{
    /// <summary>The value of <see cref="Format"/>.</summary>
    public const string FormatName = "etch-trailer";

    /// <summary>The longest trailer that is read: 1 MiB.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>Version of the archive's format.</summary>
    public int Version { get; init; } = ArchiveManifest.CurrentVersion;

    /// <summary>Digest and length of all archive bytes before the trailer's first header block.</summary>
    public required TrailerDigest Archive { get; init; }

    /// <summary>Digest and length of the raw disk image, holes as zeros; null where the image is in the archive in compressed form.</summary>
    public TrailerDigest? Image { get; init; }

    /// <summary>Sums for each partition, in the order of the manifest.</summary>
    [JsonRequired]
    public IReadOnlyList<TrailerPartition> Partitions { get; init; } = [];

    /// <summary>The trailer's bytes.</summary>
    public byte[] ToBytes() => ArchiveJson.Write(this, ArchiveJson.Context.ArchiveTrailer);

    /// <summary>Reads a trailer.</summary>
    /// <exception cref="CorruptFormatException">Not JSON, members missing or of a wrong type, values that cannot be.</exception>
    /// <exception cref="UnsupportedFormatException">A version newer than <see cref="ArchiveManifest.CurrentVersion"/>.</exception>
    public static ArchiveTrailer Parse(ReadOnlySpan<byte> bytes)
    {
        ArchiveJson.CheckHeader(bytes, ArchiveNames.Trailer, FormatName, ArchiveManifest.CurrentVersion, MaxLength);
        var trailer = ArchiveJson.Read(bytes, ArchiveNames.Trailer, ArchiveJson.Context.ArchiveTrailer);
        trailer.Validate();
        return trailer;
    }

    private void Validate()
    {
        Archive.Validate("the archive's digest");
        Image?.Validate("the image's digest");
        foreach (var partition in Partitions)
        {
            // Null annotations do not reach into lists: a null element gets through the deserializer.
            if (partition is null) throw Corrupt("a partition is null");
            if (!ArchiveNames.IsPartitionSelector(partition.Partition)) throw Corrupt("a partition's selector is not a number or label");
            if (partition.Entries < 0 || partition.Bytes < 0 || partition.Blocks is < 0 || partition.Inodes is < 0) throw Corrupt($"a count of partition {partition.Partition} is negative");
        }
    }

    private static CorruptFormatException Corrupt(string problem) => new(ArchiveNames.Trailer, -1, problem);
}
