using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Images;

/// <summary>Small files in an ext partition of the image that is packed.</summary>
internal sealed class ImageFiles
{
    private readonly Ext4Volume _volume;

    private ImageFiles(Ext4Volume volume) => _volume = volume;

    /// <summary>Opens a partition; null where the image is compressed, and so cannot be looked into.</summary>
    public static ImageFiles? Open(ImageFile image, string selector)
    {
        if (!image.IsRaw) return null;
        var disk = image.AsDisk();
        return new ImageFiles(Ext4Volume.Open(PartitionFinder.Find(PartitionTable.Read(disk), disk, selector).OpenRead(disk)));
    }

    /// <summary>Reads a file by its path from the partition's root, following no link.</summary>
    /// <param name="path">The path.</param>
    /// <param name="maxLength">The longest file that is read.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="CorruptFormatException">The file is longer, or the file system is broken.</exception>
    public byte[]? TryRead(string path, int maxLength)
    {
        if (_volume.Find(path) is not { Kind: FileKind.File } file) return null;
        if (file.Size > maxLength) throw new CorruptFormatException(path, -1, $"it has {file.Size} bytes, where at most {maxLength} are expected");
        var content = new byte[file.Size];
        _volume.ReadFile(file, 0, content);
        return content;
    }
}
