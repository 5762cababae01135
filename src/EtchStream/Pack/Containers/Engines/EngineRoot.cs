using EtchStream.Dataflow;
using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using EtchStream.Trees;

namespace EtchStream.Pack.Containers.Engines;

/// <summary>The data root of a container engine at rest, opened for reading: in a folder, a tar, or a partition of a disk image.</summary>
internal static class EngineRoot
{
    private const string DataPartition = "resin-data";

    /// <summary>Opens one.</summary>
    /// <param name="path">A folder; a tar, compressed or not; a disk image with <c>#PARTITION</c> behind it.</param>
    /// <param name="expand">Whether a compressed file may be expanded into a temporary one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its store; what it is in is disposed by the caller.</returns>
    /// <exception cref="CorruptImageException">There is no engine's store in it.</exception>
    /// <exception cref="UnsupportedImageException">There is one of another storage driver.</exception>
    public static async Task<StoreReader> OpenAsync(string path, bool expand, CancellationToken cancellationToken)
    {
        var tree = new SynchronizedTree(await OpenTreeAsync(path, expand, cancellationToken).ConfigureAwait(false));
        try
        {
            if (StoreReader.FindRoot(tree) is { } root) return new StoreReader(tree, root);
            if (StoreReader.FindOtherDriver(tree) is { } driver)
            {
                throw new UnsupportedImageException("storage driver", $"engine:{path}: its engine keeps its layers with the storage driver {driver}; only overlay2 is read. Take the images from their registry, or save them with 'docker save'");
            }

            throw new CorruptImageException($"engine:{path}", "there is no container engine's store in it (image/overlay2 in its root, in docker or var/lib/docker, or in one folder); name the engine's data root");
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    private static async Task<IFileTree> OpenTreeAsync(string path, bool expand, CancellationToken cancellationToken)
    {
        // A file may have such a name.
        var hash = Path.Exists(path) ? -1 : path.LastIndexOf('#');
        var file = hash < 0 ? path : path[..hash];
        var partition = hash < 0 ? null : path[(hash + 1)..];
        if (SourcePath.KindOf(file) == FileKind.Directory)
        {
            if (partition is not null) throw new IOException($"engine:{path}: {file} is a folder, which has no partitions");
            return LinuxFile.IsAvailable ? new FolderTree(file) : new PortableFolderTree(file);
        }

        var (disk, owner) = await OpenFileAsync(file, expand, cancellationToken).ConfigureAwait(false);
        try
        {
            if (partition is null && TarInput.IsTar(disk)) return await TarTree.OpenAsync(disk, owner, file, cancellationToken).ConfigureAwait(false);
            return new OwningTree(OpenPartition(disk, partition, file), owner);
        }
        catch (Exception e)
        {
            owner.Dispose();
            if (e is CorruptFormatException or UnsupportedFormatException or PartitionNotFoundException && !e.Message.Contains(file, StringComparison.Ordinal)) throw ErrorContext.Wrap(e, $"engine:{path}");
            throw;
        }
    }

    private static async Task<(FileDisk Disk, IDisposable Owner)> OpenFileAsync(string file, bool expand, CancellationToken cancellationToken)
    {
        var handle = SourcePath.OpenFile(file);
        try
        {
            await using var content = new ReadStream((offset, buffer) => RandomAccess.Read(handle, buffer, offset), RandomAccess.GetLength(handle));
            var format = TarInput.DetectCompression(content);
            if (format == CompressionFormat.None)
            {
                var disk = new FileDisk(handle, content.Length, ownsHandle: true);
                return (disk, disk);
            }

            if (!expand) throw new UnsupportedFormatException("compressed file", $"engine:{file}: it is compressed, and has to be expanded into a temporary file to be read, which --no-expand forbids");
            var expanded = await ExpandedFile.CreateAsync(content, format, file, cancellationToken).ConfigureAwait(false);
            handle.Dispose();
            return (expanded.AsDisk(), expanded);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // The data partition of balenaOS; else the only partition that has a store.
    private static IFileTree OpenPartition(FileDisk disk, string? selector, string file)
    {
        if (selector is not null) return PartitionTree.Open(disk, selector, file);
        var table = PartitionTable.Read(disk);
        if (PartitionFinder.TryFind(table, disk, DataPartition) is not null) return PartitionTree.Open(disk, DataPartition, file);
        var withStore = table.Partitions.Where(p => !p.IsExtended && FileSystemProbe.Identify(p.OpenRead(disk)).IsExt)
            .Select(p => (p.Number, Tree: PartitionTree.Open(p.OpenRead(disk), $"partition {p.Number} of {file}")))
            .Where(p => StoreReader.FindRoot(p.Tree) is not null).ToList();
        return withStore.Count switch
        {
            1 => withStore[0].Tree,
            0 => throw new CorruptImageException($"engine:{file}", $"none of its partitions has a container engine's store; {PartitionFinder.Describe(table, disk)}"),
            _ => throw new UnsupportedImageException("several stores", $"engine:{file}: partitions {string.Join(" and ", withStore.Select(p => p.Number))} have a container engine's store; say which one with {file}#N"),
        };
    }

    private sealed class OwningTree(IFileTree inner, IDisposable owner) : IFileTree
    {
        public string Name => inner.Name;

        public TreeEntry? Find(ReadOnlySpan<byte> path) => inner.Find(path);

        public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path) => inner.List(path);

        public Stream Open(TreeEntry file) => inner.Open(file);

        public void Dispose()
        {
            inner.Dispose();
            owner.Dispose();
        }
    }
}
