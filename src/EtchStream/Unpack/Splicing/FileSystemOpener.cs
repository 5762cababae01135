using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;

namespace EtchStream.Unpack.Splicing;

/// <summary>Opens the file systems that this program can write: ext2, ext3 and ext4.</summary>
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

        var label = string.IsNullOrEmpty(found.Label) ? partition.Name : found.Label;
        var name = string.IsNullOrEmpty(label) ? $"partition {partition.Number}" : $"partition {partition.Number} ({label})";
        return found.Type switch
        {
            null => throw new UnsupportedFormatException("file system", $"{name}: it holds no file system that is known; files can be written into ext2, ext3 and ext4"),
            _ => throw new UnsupportedFormatException(found.Type, $"{name}: files cannot be written into {Shown(found.Type)} yet; they can into ext2, ext3 and ext4"),
        };
    }

    private static string Shown(string type) => type.StartsWith("fat", StringComparison.Ordinal) ? type.ToUpperInvariant() : type;
}
