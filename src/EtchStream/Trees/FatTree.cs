using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>The files of a FAT volume, without mounting it; names count as Linux compares them.</summary>
internal sealed class FatTree : IFileTree
{
    private const int ReadOnly = 1;

    private readonly FatVolume _volume;

    /// <summary>Opens the volume that fills a partition.</summary>
    /// <param name="partition">The partition's bytes; has to live as long as the tree.</param>
    /// <param name="name">What messages call it.</param>
    public FatTree(IRandomReader partition, string name)
    {
        _volume = FatVolume.Open(partition);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path) =>
        _volume.Find(path) is not { } entry ? null : new TreeEntry(entry.IsDirectory ? FileKind.Directory : FileKind.File, entry.Size, null, entry)
        {
            // As Linux shows them where it is not told otherwise: the one mode that FAT has is "read-only".
            Attributes = new UnixAttributes { Mode = entry.IsDirectory ? 0x1ED : (entry.Attributes & ReadOnly) != 0 ? 0x124 : 0x1A4, ModificationTime = entry.ModificationTime },
        };

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path)
    {
        if (_volume.Find(path) is not { IsDirectory: true } directory) return [];
        var names = _volume.ReadDirectory(directory).ConvertAll(e => Encoding.UTF8.GetBytes(e.Name));
        names.Sort(ByteNames.Comparer);
        return names;
    }

    /// <inheritdoc/>
    public Stream Open(TreeEntry file)
    {
        var entry = (FatDirectoryEntry)file.Handle;
        return new ReadStream(_volume.OpenFile(entry).Read, entry.Size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
