using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Images;
using EtchStream.Trees;

namespace EtchStream.Pack.Planning;

/// <summary>
/// What members take the place of: what the disk image has under their names, and what another member had before. It needs no room anew.
/// </summary>
internal sealed class ReplacedFiles
{
    private const int BlockSize = 4096;
    private readonly Dictionary<string, IFileTree> _trees = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, long> _members = [];

    /// <summary>Looks into the image's ext partitions, where it can be looked into.</summary>
    public ReplacedFiles(ImageFile image, IEnumerable<ManifestPartition> partitions)
    {
        if (image.Disk is not { } disk) return;
        foreach (var partition in partitions.Where(p => p.FreeInodes is not null))
        {
            if (TryOpen(disk, partition.Selector, image.Path) is { } tree) _trees.Add(partition.Selector, tree);
        }
    }

    /// <summary>Blocks and inodes that a member does not need, because of what it replaces.</summary>
    /// <param name="partition">The partition's selector.</param>
    /// <param name="path">Its path there.</param>
    /// <param name="entry">The member.</param>
    public (long Blocks, long Inodes) Of(string partition, byte[] path, TarEntry entry)
    {
        var blocks = entry.Kind == FileKind.File ? (entry.ContentLength + BlockSize - 1) / BlockSize : 0;
        var key = KeyOf(partition, path);
        var isAgain = _members.TryGetValue(key, out var before);
        _members[key] = blocks;
        if (isAgain) return (before, 1);
        if (TryFind(partition, path) is not { } there) return (0, 0);
        return (there.Kind == FileKind.File ? (there.Size + BlockSize - 1) / BlockSize : 0, 1);
    }

    // A broken file system has nothing that would be replaced; that it is broken, is told where it is written.
    private static IFileTree? TryOpen(Formats.IO.IRandomReader disk, string selector, string image)
    {
        try
        {
            return PartitionTree.Open(disk, selector, image);
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return null;
        }
    }

    private TreeEntry? TryFind(string partition, byte[] path)
    {
        try
        {
            return _trees.TryGetValue(partition, out var tree) ? tree.Find(path) : null;
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            return null;
        }
    }

    // FNV-1a of 64 bits: two names of one key would make the sum a little too small, which does no harm.
    private static ulong KeyOf(string partition, byte[] path)
    {
        const ulong Basis = 14695981039346656037, Prime = 1099511628211;
        unchecked
        {
            var hash = Basis;
            foreach (var c in partition) hash = (hash ^ c) * Prime;
            hash *= Prime;
            foreach (var b in path) hash = (hash ^ b) * Prime;
            return hash;
        }
    }
}
