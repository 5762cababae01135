using System.Text;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Trees;

namespace EtchStream.Browse;

/// <summary>
/// READ FIRST. The files of one partition, of a disk image or device, or of what an archive brings for one: to list and to read, without a
/// mount. Nothing is written, and no symbolic link is followed.
/// </summary>
public sealed class ImageBrowser : IDisposable
{
    private readonly FileDisk? _disk;
    private readonly IFileTree _tree;
    private readonly byte[] _root;
    private readonly string _name;

    private ImageBrowser(FileDisk? disk, IFileTree tree, byte[] root, string name)
    {
        _disk = disk;
        _tree = tree;
        _root = root;
        _name = name;
    }

    /// <summary>Opens a partition of a disk image, or what an archive holds for it.</summary>
    /// <param name="file">A raw disk image, a block device, or an archive that is not compressed; told by its content.</param>
    /// <param name="partition">The partition's number or label; in an archive, as the archive spells it.</param>
    /// <param name="cancellationToken">Stops it; of an archive all headers are read.</param>
    /// <exception cref="IOException">The file is missing, or cannot be read.</exception>
    /// <exception cref="PartitionNotFoundException">There is no such partition.</exception>
    /// <exception cref="CorruptFormatException">The partition table, the file system or the archive is broken.</exception>
    /// <exception cref="UnsupportedFormatException">The file is compressed, or the file system is neither ext2, ext3, ext4 nor FAT.</exception>
    public static async Task<ImageBrowser> OpenAsync(string file, string partition, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentException.ThrowIfNullOrEmpty(partition);
        if (SourcePath.KindOf(file) == FileKind.Directory) throw new IOException($"{file}: it is a folder; name a disk image or an archive");
        var disk = SourcePath.OpenDisk(file);
        try
        {
            Refuse(disk, file);
            return TarInput.IsTar(disk)
                ? await OpenArchiveAsync(disk, partition, file, cancellationToken).ConfigureAwait(false)
                : new ImageBrowser(disk, PartitionTree.Open(disk, partition, file), [], $"{file}: {partition}");
        }
        catch (Exception e)
        {
            disk.Dispose();
            if (e is CorruptFormatException or UnsupportedFormatException or PartitionNotFoundException) throw ErrorContext.Name(e, file);
            throw;
        }
    }

    private static async Task<ImageBrowser> OpenArchiveAsync(FileDisk disk, string partition, string file, CancellationToken cancellationToken)
    {
        var root = Encoding.UTF8.GetBytes($"inject/{partition}");
        var archive = await TarTree.OpenAsync(disk, disk, file, cancellationToken).ConfigureAwait(false);
        if (archive.Find(root) is not null) return new ImageBrowser(null, archive, root, $"{file}: {partition}");
        var there = archive.List("inject"u8).Select(n => PathText.Of(n)).ToList();
        if (there.Count == 0) throw new PartitionNotFoundException(partition, $"{file}: it is an archive without files for partitions; what is in its disk image shows when it is unpacked");
        var near = NearName.Of(partition, there) is { } name ? $" (did you mean {name}?)" : "";
        throw new PartitionNotFoundException(partition, $"{file}: it has no files for {partition}{near}; it has some for {string.Join(", ", there)}");
    }

    /// <summary>What partitions there are, for a message.</summary>
    /// <param name="file">A raw disk image or a block device.</param>
    /// <returns>One line; null where the file is something else.</returns>
    public static string? Describe(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        if (SourcePath.KindOf(file) == FileKind.Directory) return null;
        using var disk = SourcePath.OpenDisk(file);
        if (disk.Length < CompressionDetector.BytesWanted || TarInput.IsTar(disk)) return null;
        return PartitionFinder.Describe(PartitionTable.Read(disk), disk);
    }

    /// <summary>Looks an object up.</summary>
    /// <param name="path">From the partition's root; leading, closing and doubled slashes do not count.</param>
    /// <returns>Null where there is none.</returns>
    public BrowsedEntry? Find(ReadOnlySpan<byte> path)
    {
        var found = _tree.Find(Within(path));
        return found is null ? null : new BrowsedEntry(NameOf(path), found);
    }

    /// <summary>Looks up an object that has to be there.</summary>
    /// <param name="path">From the partition's root, as <see cref="Find"/> takes it.</param>
    /// <exception cref="FileNotFoundException">There is none; the message names the deepest folder that there is, and a name in it that is nearly right.</exception>
    public BrowsedEntry Get(ReadOnlySpan<byte> path) => Find(path) ?? throw MissingPath.Error(this, path);

    /// <summary>What is in a folder, in the order of the names' bytes; nothing where there is no such folder.</summary>
    public IEnumerable<BrowsedEntry> List(ReadOnlySpan<byte> path) => List(path.ToArray());

    /// <summary>Opens a regular file. Its stream can be positioned, and is used up before another one is opened.</summary>
    public Stream Open(BrowsedEntry file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Kind != FileKind.File) throw new ArgumentException("only a regular file has content", nameof(file));
        return _tree.Open(file.Entry);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tree.Dispose();
        _disk?.Dispose();
    }

    /// <summary>What messages call a path: file, partition and path.</summary>
    internal string Shown(ReadOnlySpan<byte> path) => $"{_name}:/{PathText.Of(path.Trim((byte)'/'))}";

    internal static byte[] Join(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name) => [.. folder, (byte)'/', .. name];

    private static void Refuse(FileDisk disk, string file)
    {
        Span<byte> start = stackalloc byte[CompressionDetector.BytesWanted];
        if (disk.Length < start.Length) throw new CorruptFormatException(file, -1, $"it has {disk.Length} bytes: neither a disk image nor an archive");
        disk.Read(0, start);
        if (CompressionDetector.Detect(start) is not CompressionFormat.None and var format) throw new UnsupportedFormatException("compressed file", $"{file}: it is compressed ({CompressionName.Of(format)}), and files are read from it by position; decompress it first");
    }

    private static byte[] NameOf(ReadOnlySpan<byte> path)
    {
        var clean = path.TrimEnd((byte)'/');
        return clean[(clean.LastIndexOf((byte)'/') + 1)..].ToArray();
    }

    private IEnumerable<BrowsedEntry> List(byte[] folder)
    {
        foreach (var name in _tree.List(Within(folder)))
        {
            if (_tree.Find(Within(Join(folder, name))) is { } found) yield return new BrowsedEntry(name, found);
        }
    }

    private byte[] Within(ReadOnlySpan<byte> path) => _root.Length == 0 ? path.ToArray() : Join(_root, path);
}
