using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Unpack.Images;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack;

/// <summary>Compares what came with what manifest and trailer promise. An archive without them is complete when its end blocks were there.</summary>
internal static class TrailerCheck
{
    /// <summary>Compares lengths, counts and the digest.</summary>
    /// <exception cref="DigestMismatchException">The bytes are not those that were packed.</exception>
    /// <exception cref="CorruptFormatException">A length or count differs: manifest, trailer and members were not made together.</exception>
    public static void Verify(string input, DemuxStage demux, ArchiveHashStage hash, ImageExtractor image)
    {
        if (demux.Trailer is not { } trailer) return;
        if (trailer.Archive.Length != demux.TrailerOffset) throw Differs(input, "the archive's length up to the trailer", trailer.Archive.Length, demux.TrailerOffset);
        var actual = hash.Digest ?? throw new InvalidOperationException("the hash stage has not ended");
        if (Convert.ToHexStringLower(actual) != trailer.Archive.Sha256) throw Damaged(input, trailer, actual);

        if (trailer.Image is { } raw && raw.Length != image.Size) throw Differs(input, "the disk image's length", raw.Length, image.Size);
        foreach (var partition in trailer.Partitions) CheckCounts(input, partition, demux.Splicer);
    }

    /// <summary>The error for bytes that are not those that were packed.</summary>
    /// <param name="input">The archive's name.</param>
    /// <param name="trailer">What it says.</param>
    /// <param name="actual">The digest of the bytes.</param>
    /// <param name="first">What the damage looked like at first; null where it was found by the digest alone.</param>
    public static DigestMismatchException Damaged(string input, ArchiveTrailer trailer, byte[] actual, Exception? first = null) =>
        new($"{input}: the archive's bytes", $"sha256:{trailer.Archive.Sha256}", $"sha256:{Convert.ToHexStringLower(actual)}", first is null ? "it was damaged or altered since, fetch it anew" : $"it was damaged or altered since, fetch it anew; the damage showed as: {first.Message}", first);

    private static void CheckCounts(string input, TrailerPartition promised, PartitionSplicer? splicer)
    {
        long entries = 0;
        long bytes = 0;
        foreach (var selector in splicer?.Selectors ?? [])
        {
            if (selector.Text != promised.Partition) continue;
            entries = selector.Entries;
            bytes = selector.ContentBytes;
        }

        if (promised.Entries != entries) throw Differs(input, $"the count of members for partition {promised.Partition}", promised.Entries, entries);
        if (promised.Bytes != bytes) throw Differs(input, $"the bytes for partition {promised.Partition}", promised.Bytes, bytes);
    }

    private static CorruptFormatException Differs(string input, string what, long promised, long actual) =>
        new($"{input}: {ArchiveNames.Trailer}", -1, $"{what} is {promised} there, and {actual} in the archive");
}
