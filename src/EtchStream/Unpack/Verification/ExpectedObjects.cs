using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Trees;

namespace EtchStream.Unpack.Verification;

/// <summary>
/// Remembers, while files are put into a partition, what has to be there in the end, so that another reader can be asked whether it is:
/// some 300 bytes an object, and its path. The later member wins, as with the writer (<see cref="IFileSystemWriter"/>).
/// </summary>
/// <param name="ignoresCase">Whether names that differ in case alone are one, as on FAT.</param>
internal sealed class ExpectedObjects(bool ignoresCase) : IDisposable
{
    private readonly Dictionary<byte[], (byte[] Path, ExpectedObject Object)> _objects = new(ByteNames.Comparer);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ExpectedObject? _file;

    /// <summary>All paths, relative to the root, with what has to be there.</summary>
    public IEnumerable<(byte[] Path, ExpectedObject Object)> All => _objects.Values;

    /// <summary>A file, whose data follows.</summary>
    public void BeginFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns)
    {
        _file = new ExpectedObject { Kind = FileKind.File, Size = size, DataRuns = dataRuns, Attributes = attributes };
        Put(path, _file);
    }

    /// <summary>Data of the file that was begun.</summary>
    public void Data(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    /// <summary>The file that was begun has all its data.</summary>
    public void EndFile()
    {
        _file?.Digest = Digest(_hash);
        _file = null;
    }

    /// <summary>A directory; one that was expected before keeps what is in it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="attributes">Null where those of one that is there are left as they are.</param>
    public void Directory(ReadOnlySpan<byte> path, UnixAttributes? attributes)
    {
        var key = Key(path);
        if (_objects.TryGetValue(key, out var known) && known.Object.Kind == FileKind.Directory) known.Object.Attributes = attributes ?? known.Object.Attributes;
        else _objects[key] = (path.ToArray(), new ExpectedObject { Kind = FileKind.Directory, Attributes = attributes });
    }

    /// <summary>A symbolic link.</summary>
    public void SymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes) =>
        Put(path, new ExpectedObject { Kind = FileKind.SymbolicLink, Digest = DigestOf(target), Attributes = attributes });

    /// <summary>A device, a FIFO or a socket.</summary>
    public void Node(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes) =>
        Put(path, new ExpectedObject { Kind = kind, Device = (major, minor), Attributes = attributes });

    /// <summary>A further name, and what the object is given with it; null for nothing.</summary>
    public void HardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes)
    {
        var known = _objects.TryGetValue(Key(target), out var found) ? found.Object : new ExpectedObject();
        if (attributes is not null && known.Kind == FileKind.SymbolicLink) known.Attributes = null;
        else if (attributes is not null) known.Attributes = attributes;
        known.HasMoreXattrs |= attributes is not null;
        Put(path, known);
    }

    /// <summary>The digest of a link's target.</summary>
    public static UInt128 DigestOf(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(data));

    /// <summary>The digest of what was added to a hash, which starts anew.</summary>
    public static UInt128 Digest(IncrementalHash hash) => BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Put(ReadOnlySpan<byte> path, ExpectedObject expected)
    {
        var key = Key(path);
        // A directory of this run gives way with all that is in it.
        if (_objects.TryGetValue(key, out var old) && old.Object.Kind == FileKind.Directory)
        {
            byte[] below = [.. key, (byte)'/'];
            foreach (var inside in _objects.Keys.Where(k => k.AsSpan().StartsWith(below)).ToList()) _objects.Remove(inside);
        }

        _objects[key] = (path.ToArray(), expected);
    }

    // Rather two names too many taken for one than one too few: of two that are one, what the first said would be missed on the disk.
    private byte[] Key(ReadOnlySpan<byte> path) => !ignoresCase
        ? path.ToArray()
        : Encoding.UTF8.GetBytes(string.Join('/', Encoding.UTF8.GetString(path).Split('/').Select(part => part.TrimEnd('.', ' ').ToUpperInvariant())));
}
