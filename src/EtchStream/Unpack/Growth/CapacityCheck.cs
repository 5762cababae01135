using System.Globalization;
using EtchStream.Archive;
using EtchStream.Formats;

namespace EtchStream.Unpack.Growth;

/// <summary>
/// Tells before a byte is written that a partition that may not grow has no room for what comes, as far as the archive says how much that
/// is and how much was free when it was made.
/// </summary>
internal static class CapacityCheck
{
    private const int BlockSize = 4096;
    private const long MiB = 1 << 20;

    /// <summary>What an engine's store on the device may have already: its folders and its list of images.</summary>
    private const int Shared = 64;

    /// <summary>Compares.</summary>
    /// <param name="manifest">The archive's manifest.</param>
    /// <param name="trailer">Its trailer, where that can be read first; null to go by what the manifest says.</param>
    /// <param name="options">Whether the image may grow.</param>
    /// <exception cref="OutOfSpaceException">There is not enough room.</exception>
    public static void Run(ArchiveManifest manifest, ArchiveTrailer? trailer, GrowOptions options)
    {
        if (options.IsAllowed) return;
        foreach (var partition in manifest.Partitions)
        {
            var came = trailer?.Partitions.FirstOrDefault(p => p.Partition == partition.Selector);
            if ((partition.NeededBlocks ?? came?.Blocks) is not { } blocks || (partition.NeededInodes ?? came?.Inodes) is not { } inodes) continue;
            if (partition is not { FreeBytes: { } freeBytes, FreeInodes: { } freeInodes }) continue;
            if (LeastBytes(partition, blocks, came?.Entries) is not { } needed) continue;
            if (needed - (Shared * BlockSize) <= freeBytes && inodes - Shared <= freeInodes) continue;
            var name = partition.Number is { } number ? $"{number}{(string.IsNullOrEmpty(partition.Label) ? "" : $" ({partition.Label})")}" : partition.Selector;
            throw new OutOfSpaceException(
                string.Create(CultureInfo.InvariantCulture, $"partition {name} needs {(needed + MiB - 1) / MiB} MiB and {inodes} inodes, has {freeBytes / MiB} MiB and {freeInodes}, and --grow none forbids it to grow"),
                needed,
                freeBytes);
        }
    }

    /// <summary>
    /// The bytes that a partition needs at least. What is counted are blocks of 4096 bytes; of smaller ones it takes less, for each member
    /// by no more than a block's difference.
    /// </summary>
    /// <returns>Null where it is not known.</returns>
    private static long? LeastBytes(ManifestPartition partition, long blocks, long? entries)
    {
        if (partition.BlockSize is not { } size) return null;
        var least = (decimal)blocks * BlockSize;
        if (size < BlockSize)
        {
            if (entries is not { } members) return null;
            least -= (decimal)members * (BlockSize - size);
        }

        return (long)Math.Clamp(least, 0, long.MaxValue);
    }
}
