using EtchStream.Formats.Checking;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>
/// Checks the structure of an ext2, ext3 or ext4 file system, as <c>e2fsck -fn</c> does: inodes and their blocks, directories, what is
/// connected, link counts, bitmaps and counters, the superblock's copies. Nothing is written, no journal replayed.
/// </summary>
/// <remarks>
/// Memory: one bit a block and some twelve bytes an inode, of those groups only that have any in use. Time: all of the metadata is read
/// once, directories twice; no file's content is.
/// </remarks>
public static class Ext4Checker
{
    /// <summary>Checks one file system.</summary>
    /// <param name="partition">The partition that it fills.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>What was found; nothing where all is well.</returns>
    public static IReadOnlyList<StructureFinding> Check(IRandomReader partition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var log = new CheckLog();
        log.Try(() => Check(partition, log, cancellationToken));
        return log.Findings;
    }

    private static void Check(IRandomReader partition, CheckLog log, CancellationToken cancellationToken)
    {
        var volume = Ext4Volume.Open(partition);
        if (!StateCheck.Run(volume, log)) return;
        var claims = new BlockClaims(volume);
        var inodes = new InodeTables(volume.Superblock);
        new InodeScan(volume, claims, inodes, log).Run(cancellationToken);
        new DirectoryScan(volume, inodes, log).Run(cancellationToken);
        new AllocationCheck(volume, claims, inodes, log).Run(cancellationToken);
        BackupCheck.Run(volume, log, cancellationToken);
    }
}
