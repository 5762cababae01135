using EtchStream.Formats.Checking;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Fat.Checking;

/// <summary>
/// Checks the structure of a FAT12, FAT16 or FAT32 volume, as <c>fsck.vfat -n</c> does: boot sector and its copy, both FATs, every chain of
/// clusters, names, the count of free clusters. Nothing is written.
/// </summary>
/// <remarks>Memory: one bit a cluster, and one directory's names.</remarks>
public static class FatChecker
{
    /// <summary>Checks one volume.</summary>
    /// <param name="partition">The partition that it fills.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>What was found; nothing where all is well.</returns>
    public static IReadOnlyList<StructureFinding> Check(IRandomReader partition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var log = new CheckLog();
        log.Try(() =>
        {
            var volume = FatVolume.Open(partition);
            if (!FatHeaderCheck.Run(volume, log)) return;
            var tree = new FatTreeCheck(volume, log);
            tree.Run(cancellationToken);
            FatSpaceCheck.Run(volume, tree, log);
        });
        return log.Findings;
    }
}
