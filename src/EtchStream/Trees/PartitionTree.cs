using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Trees;

/// <summary>The files of a partition of a disk image.</summary>
internal static class PartitionTree
{
    /// <summary>Opens a partition.</summary>
    /// <param name="disk">The disk; has to live as long as the tree.</param>
    /// <param name="selector">The partition's number or label.</param>
    /// <param name="diskName">What messages call the disk.</param>
    /// <exception cref="PartitionNotFoundException">The disk has no such partition.</exception>
    /// <exception cref="CorruptFormatException">The table or the file system is broken.</exception>
    /// <exception cref="UnsupportedFormatException">The file system is neither ext2, ext3, ext4 nor FAT.</exception>
    public static IFileTree Open(IRandomReader disk, string selector, string diskName)
    {
        var partition = PartitionFinder.Find(PartitionTable.Read(disk), disk, selector);
        return Open(partition.OpenRead(disk), $"partition {selector} of {diskName}");
    }

    /// <summary>Opens the first partition that there is of several.</summary>
    /// <param name="disk">The disk; has to live as long as the tree.</param>
    /// <param name="diskName">What messages call the disk.</param>
    /// <param name="selectors">The partitions' numbers or labels.</param>
    /// <returns>Null where the disk has none of them.</returns>
    public static IFileTree? TryOpen(IRandomReader disk, string diskName, params ReadOnlySpan<string> selectors)
    {
        var table = PartitionTable.Read(disk);
        foreach (var selector in selectors)
        {
            if (PartitionFinder.TryFind(table, disk, selector) is { } partition) return Open(partition.OpenRead(disk), $"partition {selector} of {diskName}");
        }

        return null;
    }

    /// <summary>Opens the file system that fills a partition.</summary>
    public static IFileTree Open(IRandomReader partition, string name)
    {
        var content = FileSystemProbe.Identify(partition);
        if (content.IsExt) return new Ext4Tree(partition, name);
        if (content.IsFat) return new FatTree(partition, name);
        throw new UnsupportedFormatException("file system", $"{name}: {(content.Type is { } type ? $"its file system is {type}" : "it has no known file system")}; files are read from ext2, ext3, ext4 and FAT");
    }
}
