using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Partitions;

namespace EtchStream.Pack.Images;

/// <summary>Looks up, before anything is written, the partitions that files are meant for.</summary>
internal static class PartitionResolver
{
    /// <summary>Describes the partitions that are asked for, each selector once, in order.</summary>
    /// <exception cref="PartitionNotFoundException">The image has none of that number or label.</exception>
    /// <exception cref="UnsupportedFormatException">A partition's file system is not one that files can be written into.</exception>
    public static IReadOnlyList<ManifestPartition> Resolve(ImageFile image, IEnumerable<string> selectors)
    {
        var distinct = selectors.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count == 0) return [];

        // A compressed image is looked into only where it was expanded anyway: that costs a pass over all of it. The device's side checks it too.
        if (image.Disk is not { } disk) return [.. distinct.Select(s => new ManifestPartition { Selector = s })];
        var table = PartitionTable.Read(disk);
        return [.. distinct.Select(s => Describe(table, disk, s))];
    }

    /// <summary>What is free there is good to know; that the file system is broken, is told where it is written.</summary>
    private static Ext4Superblock? TryReadSuperblock(Partition partition, Formats.IO.FileDisk disk)
    {
        try
        {
            return Ext4Superblock.Read(partition.OpenRead(disk));
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return null;
        }
    }

    private static ManifestPartition Describe(PartitionTable table, Formats.IO.FileDisk disk, string selector)
    {
        var partition = PartitionFinder.Find(table, disk, selector);
        var content = FileSystemProbe.Identify(partition.OpenRead(disk));
        if (!content.IsExt && !content.IsFat)
        {
            throw new UnsupportedFormatException(
                "file system",
                $"partition {selector}: {(content.Type is { } type ? $"its file system is {type}" : "it has no known file system")}; files can be put into ext2, ext3, ext4 and FAT");
        }

        var superblock = content.IsExt ? TryReadSuperblock(partition, disk) : null;
        return new ManifestPartition
        {
            Selector = selector,
            Number = partition.Number,
            Label = string.IsNullOrEmpty(partition.Name) ? content.Label : partition.Name,
            FileSystem = content.Type,
            Size = partition.Length,
            BlockSize = superblock?.BlockSize,
            FreeBytes = superblock is null ? null : superblock.FreeBlockCount * superblock.BlockSize,
            FreeInodes = superblock?.FreeInodeCount,
        };
    }
}
