using EtchStream.Formats.IO;

namespace EtchStream.Unpack.Devices;

/// <summary>A block device that this run has for itself. Each operating system has one of its own behind this.</summary>
internal interface IBlockDevice : IDisk, IDisposable
{
    /// <summary>Bytes of a logical sector, by which partition tables count.</summary>
    int SectorSize { get; }

    /// <summary>Makes a stretch read as zeros, by whatever way the device guarantees that.</summary>
    void Zero(long offset, long length);

    /// <summary>Waits until what was written is on the medium, the device's own cache included.</summary>
    void Flush();

    /// <summary>Reads from the medium, past what the system keeps in memory of it. To be called after <see cref="Flush"/>.</summary>
    MediumReader OpenMedium();

    /// <summary>Has the system look at the partition table again.</summary>
    /// <returns>Why it did not; null when it did, or has no need to.</returns>
    string? RereadPartitionTable();
}
