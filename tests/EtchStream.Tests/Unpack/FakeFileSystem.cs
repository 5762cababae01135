using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Tests.Unpack;

/// <summary>An object of a <see cref="FakeFileSystem"/>.</summary>
internal sealed record FakeNode(FileKind Kind, UnixAttributes? Attributes, long Size, IReadOnlyList<FileRun> Places, string Target, uint Major, uint Minor);

/// <summary>
/// A file system that keeps names in memory and gives files real places in its partition, cut into pieces by a seeded random
/// number generator, so that the content has to be put together from many places.
/// </summary>
internal sealed class FakeFileSystem : IFileSystemWriter
{
    private readonly IDisk _disk;
    private readonly IBlockWriter _writer;
    private readonly Random _random;
    private long _next;

    public FakeFileSystem(IDisk disk, IBlockWriter writer, int blockSize, int seed)
    {
        _disk = disk;
        _writer = writer;
        BlockSize = blockSize;
        _random = new Random(seed);
    }

    public int BlockSize { get; }

    public IReadOnlyList<string> Warnings { get; } = ["one thing could not be held exactly"];

    public Dictionary<string, FakeNode> Nodes { get; } = new(StringComparer.Ordinal);

    public bool IsCommitted { get; private set; }

    public static string Name(ReadOnlySpan<byte> path) => Encoding.Latin1.GetString(path);

    public IReadOnlyList<FileRun> CreateFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns = null)
    {
        if (size > _disk.Length) throw new OutOfSpaceException($"{size} bytes are needed, {_disk.Length - _next} are free", size, _disk.Length - _next);
        var places = new List<FileRun>();
        var last = -1L;
        foreach (var run in dataRuns ?? [new DataRun(0, size)])
        {
            for (var block = run.Offset / BlockSize; block * BlockSize < run.End; block++)
            {
                if (block == last) continue;
                last = block;
                Place(places, block * BlockSize);
            }
        }

        Nodes[Name(path)] = new FakeNode(FileKind.File, attributes, size, places, "", 0, 0);
        return places;
    }

    public void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes) =>
        Nodes[Name(path)] = new FakeNode(FileKind.Directory, attributes, 0, [], "", 0, 0);

    public void EnsureDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes)
    {
        if (!Nodes.TryGetValue(Name(path), out var node)) CreateDirectory(path, attributes);
        else if (node.Kind != FileKind.Directory) throw new UnsafePathException(Name(path), "no folder");
    }

    public void CreateSymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes) =>
        Nodes[Name(path)] = new FakeNode(FileKind.SymbolicLink, attributes, 0, [], Name(target), 0, 0);

    public void CreateHardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null)
    {
        if (!Nodes.ContainsKey(Name(target))) throw new CorruptFormatException("hard link", -1, "its target does not exist");
        Nodes[Name(path)] = new FakeNode(FileKind.HardLink, attributes, 0, [], Name(target), 0, 0);
    }

    public void CreateNode(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes) =>
        Nodes[Name(path)] = new FakeNode(kind, attributes, 0, [], "", major, minor);

    public byte[]? TryReadFile(ReadOnlySpan<byte> path, int maxLength) => Nodes.ContainsKey(Name(path)) ? Content(Name(path), _disk) : null;

    public IEnumerable<int> Commit()
    {
        // Something that goes through the queue, and something written in place.
        for (var i = 0; i < 3; i++)
        {
            _writer.Write(i * 512, Encoding.ASCII.GetBytes($"commit {i}"));
            yield return i;
        }

        _disk.Write(4096, "in place"u8);
        IsCommitted = true;
    }

    /// <summary>Reads a file back from the finished image.</summary>
    public byte[] Content(string path, IRandomReader partition)
    {
        var node = Nodes[path];
        var all = new byte[node.Size];
        foreach (var place in node.Places)
        {
            var bytes = new byte[place.Length];
            partition.Read(place.VolumeOffset, bytes);
            var inside = (int)Math.Min(place.Length, node.Size - place.FileOffset);
            bytes.AsSpan(0, inside).CopyTo(all.AsSpan((int)place.FileOffset));
            if (bytes.AsSpan(inside).ContainsAnyExcept((byte)0)) throw new InvalidOperationException($"{path}: the rest of the last block is not zero");
        }

        return all;
    }

    private void Place(List<FileRun> places, long fileOffset)
    {
        // The front is left for what Commit writes.
        if (_next == 0) _next = 64 * 1024;
        if (_random.Next(4) == 0) _next += BlockSize * _random.Next(1, 4);
        if (_next + BlockSize > _disk.Length) throw new OutOfSpaceException("the file system is full", BlockSize, 0);
        if (places.Count > 0 && places[^1] is var end && end.FileOffset + end.Length == fileOffset && end.VolumeOffset + end.Length == _next)
        {
            places[^1] = end with { Length = end.Length + BlockSize };
        }
        else
        {
            places.Add(new FileRun(fileOffset, _next, BlockSize));
        }

        _next += BlockSize;
    }
}

/// <summary>Opens <see cref="FakeFileSystem"/>s; partitions without one are of an unknown kind.</summary>
internal sealed class FakeOpener(int blockSize = 1024, int seed = 1, params int[] partitions) : IFileSystemOpener
{
    public Dictionary<int, FakeFileSystem> Opened { get; } = [];

    public OpenedFileSystem Open(Partition partition, IDisk disk, IBlockWriter writer)
    {
        if (partitions.Length > 0 && !partitions.Contains(partition.Number)) return new FileSystemOpener().Open(partition, disk, writer);
        var system = new FakeFileSystem(disk, writer, blockSize, seed);
        Opened.Add(partition.Number, system);
        return new OpenedFileSystem(system, "fake", Label: null, () => 1234);
    }
}
