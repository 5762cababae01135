namespace EtchStream.Formats.Partitions;

/// <summary>What the superblock of a partition says.</summary>
/// <param name="Type">
/// The file system in small letters: <c>ext2</c>, <c>ext3</c>, <c>ext4</c>, <c>fat12</c>, <c>fat16</c>, <c>fat32</c>, <c>exfat</c>, <c>ntfs</c>, <c>squashfs</c>,
/// <c>btrfs</c>, <c>xfs</c>, <c>f2fs</c>, <c>erofs</c>, <c>iso9660</c>, <c>swap</c>, <c>luks</c>, <c>lvm2</c>, <c>jbd</c> (an external ext journal); null when it is none of these.
/// </param>
/// <param name="Label">The volume's label, null when it has none.</param>
/// <param name="Uuid">The volume's UUID or serial number as blkid prints it, null when it has none.</param>
public readonly record struct FileSystemInfo(string? Type, string? Label = null, string? Uuid = null)
{
    /// <summary>Whether it is ext2, ext3 or ext4.</summary>
    public bool IsExt => Type is "ext2" or "ext3" or "ext4";

    /// <summary>Whether it is FAT12, FAT16 or FAT32.</summary>
    public bool IsFat => Type is "fat12" or "fat16" or "fat32";
}
