using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Unpack.Splicing;

/// <summary>Opens the file systems that this program can write: ext2, ext3, ext4, FAT12, FAT16 and FAT32.</summary>
internal sealed class FileSystemOpener : IFileSystemOpener
{
    /// <inheritdoc/>
    public OpenedFileSystem Open(Partition partition, IDisk disk, IBlockWriter writer)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var found = FileSystemProbe.Identify(disk);
        if (found.IsExt)
        {
            var ext4 = Ext4Writer.Open(disk, writer);
            return new OpenedFileSystem(ext4, found.Type!, found.Label, () => ext4.FreeBytes);
        }

        if (found.IsFat)
        {
            var fat = FatWriter.Open(disk, writer);
            return new OpenedFileSystem(fat, found.Type!, found.Label, () => fat.FreeBytes);
        }

        var label = string.IsNullOrEmpty(found.Label) ? partition.Name : found.Label;
        var name = string.IsNullOrEmpty(label) ? $"partition {partition.Number}" : $"partition {partition.Number} ({label})";
        return found.Type switch
        {
            null => throw new UnsupportedFormatException("file system", $"{name}: it holds no file system that is known; files can be written into ext2, ext3, ext4 and FAT"),
            _ => throw new UnsupportedFormatException(found.Type, $"{name}: files cannot be written into {found.Type}; they can into ext2, ext3, ext4 and FAT"),
        };
    }
}
