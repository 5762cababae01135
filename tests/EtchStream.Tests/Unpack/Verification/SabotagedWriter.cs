using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Tests.Unpack.Verification;

/// <summary>Opens real file systems, whose writers do one thing wrong.</summary>
internal sealed class SabotagedOpener(string fault) : IFileSystemOpener
{
    public OpenedFileSystem Open(Partition partition, IDisk disk, IBlockWriter writer)
    {
        var opened = new FileSystemOpener().Open(partition, disk, writer);
        return fault == "none" ? opened : opened with { Writer = new SabotagedWriter(opened.Writer, fault) };
    }
}

/// <summary>A file-system writer that does one thing wrong, to what is called <c>victim</c>.</summary>
internal sealed class SabotagedWriter(IFileSystemWriter inner, string fault) : IFileSystemWriter
{
    public int BlockSize => inner.BlockSize;

    public IReadOnlyList<string> Warnings => inner.Warnings;

    public IReadOnlyList<FileRun> CreateFile(ReadOnlySpan<byte> path, UnixAttributes attributes, long size, IReadOnlyList<DataRun>? dataRuns = null)
    {
        if (!path.EndsWith("victim"u8)) return inner.CreateFile(path, attributes, size, dataRuns);
        var runs = fault switch
        {
            "name" => inner.CreateFile("vicious"u8, attributes, size, dataRuns),
            "folder" => inner.CreateFile([.. "elsewhere/"u8, .. path], attributes, size, dataRuns),
            "size" => inner.CreateFile(path, attributes, size + 1, dataRuns),
            _ => inner.CreateFile(path, Changed(attributes), size, dataRuns),
        };
        return fault == "content" ? [runs[0] with { VolumeOffset = runs[0].VolumeOffset + BlockSize }, .. runs.Skip(1)] : runs;
    }

    public void CreateDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes) => inner.CreateDirectory(path, fault == "directory" && path.EndsWith("victims"u8) ? With(attributes, mode: 0) : attributes);

    public void EnsureDirectory(ReadOnlySpan<byte> path, UnixAttributes attributes) => inner.EnsureDirectory(path, attributes);

    public void CreateSymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes attributes) =>
        inner.CreateSymbolicLink(path, fault == "target" ? target[..^1] : target, attributes);

    public void CreateHardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null)
    {
        if (fault == "link") inner.CreateFile(path, new UnixAttributes { Mode = 0x180 }, 0);
        else inner.CreateHardLink(path, target, attributes);
    }

    public void CreateNode(ReadOnlySpan<byte> path, FileKind kind, uint major, uint minor, UnixAttributes attributes) =>
        inner.CreateNode(path, fault == "kind" ? FileKind.BlockDevice : kind, major, fault == "device" ? minor + 1 : minor, attributes);

    public byte[]? TryReadFile(ReadOnlySpan<byte> path, int maxLength) => inner.TryReadFile(path, maxLength);

    public IEnumerable<int> Commit() => inner.Commit();

    private UnixAttributes Changed(UnixAttributes attributes) => fault switch
    {
        "mode" => With(attributes, mode: attributes.Mode ^ 1),
        "user" => With(attributes, user: attributes.UserId + 65536),
        "group" => With(attributes, group: 0),
        "time" => With(attributes, time: new UnixTime(attributes.ModificationTime.Seconds + 1)),
        "xattr" => With(attributes, xattrs: []),
        _ => attributes,
    };

    private static UnixAttributes With(UnixAttributes a, int? mode = null, uint? user = null, uint? group = null, UnixTime? time = null, IReadOnlyList<Xattr>? xattrs = null) => new()
    {
        Mode = mode ?? a.Mode,
        UserId = user ?? a.UserId,
        GroupId = group ?? a.GroupId,
        ModificationTime = time ?? a.ModificationTime,
        Xattrs = xattrs ?? a.Xattrs,
    };
}
