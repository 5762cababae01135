using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using FileSystemInfo = EtchStream.Formats.Partitions.FileSystemInfo;

namespace EtchStream.Inspect;

/// <summary>Looks at a file system as far as its type is known: sizes and free space of ext2, ext3, ext4 and FAT, the name of others.</summary>
internal static class FileSystemInspector
{
    /// <summary>Describes the content of a partition; null when it is nothing that is known.</summary>
    public static FileSystemReport? Inspect(IRandomReader partition)
    {
        var found = FileSystemProbe.Identify(partition);
        if (found.Type is not { } type) return null;
        try
        {
            if (found.IsExt) return Ext4(partition, found, type);
            if (found.IsFat && FatVolumeInfo.TryRead(partition) is { } fat) return Fat(partition, found, type, fat);
            return new FileSystemReport { Type = type, Label = found.Label, Uuid = found.Uuid };
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return new FileSystemReport { Type = type, Label = found.Label, Uuid = found.Uuid, Problem = e.Message };
        }
    }

    private static FileSystemReport Ext4(IRandomReader partition, FileSystemInfo found, string type)
    {
        var superblock = Ext4Superblock.Read(partition);
        return new FileSystemReport
        {
            Type = type,
            Label = found.Label,
            Uuid = found.Uuid,
            BlockSize = superblock.BlockSize,
            Size = superblock.BlockCount * superblock.BlockSize,
            FreeBytes = superblock.FreeBlockCount * superblock.BlockSize,
            Inodes = superblock.InodeCount,
            FreeInodes = superblock.FreeInodeCount,
            Problem = WhyNotWritable(partition, Ext4Writer.Open),
        };
    }

    private static string? WhyNotWritable(IRandomReader partition, Func<IDisk, IFileSystemWriter> open)
    {
        try
        {
            // Opening looks at features and state, and writes nothing.
            _ = open(new ReadOnlyDisk(partition));
            return null;
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return e.Message;
        }
    }

    private static FileSystemReport Fat(IRandomReader partition, FileSystemInfo found, string type, FatVolumeInfo fat) => new()
    {
        Type = type,
        Label = found.Label,
        Uuid = found.Uuid,
        BlockSize = fat.ClusterSize,
        Size = fat.VolumeSectors * fat.SectorSize,
        FreeBytes = FatFreeSpace.Count(partition, fat),
        Problem = WhyNotWritable(partition, FatWriter.Open),
    };
}
