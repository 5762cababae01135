using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Trees;
using EtchStream.Unpack.Outputs;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack.Verification;

/// <summary>
/// Reads, with the reader and not with what the writer knows, every object that was put into the image's partitions, and compares it with
/// what the archive said of it.
/// </summary>
/// <remarks>
/// It may read through the system's cache: that the medium holds the same bytes has been shown, block by block, for each output. Of a FAT
/// file system names, sizes and content are compared; owners and modes it does not keep.
/// </remarks>
internal sealed class ExpectedObjectsCheck(IDisk disk, string diskName, Action<byte[]> show, CancellationToken cancellationToken)
{
    private const int SmallInode = 128;

    // Two more bits of seconds: to the year 2446.
    private const long LastLargeSecond = int.MaxValue + (3L << 32);

    private readonly byte[] _buffer = new byte[1 << 20];

    /// <summary>Compares what was put into one partition.</summary>
    /// <exception cref="VerificationException">Something is not as the archive said.</exception>
    public void Run(SpliceTarget target, ExpectedObjects expected)
    {
        // Its limits may have moved: it is looked up anew.
        var partition = PartitionTable.Read(disk).Partitions.First(p => p.Number == target.Partition.Number);
        var path = Array.Empty<byte>();
        try
        {
            var reader = partition.OpenRead(disk);
            using var tree = PartitionTree.Open(reader, target.Name);
            var volume = FileSystemProbe.Identify(reader).IsExt ? Ext4Volume.Open(reader) : null;
            foreach (var (name, wanted) in expected.All())
            {
                cancellationToken.ThrowIfCancellationRequested();
                path = name;
                show(name);
                if (Difference(tree, volume, name, wanted) is { } difference) throw Differs(target, name, partition.Start, difference);
            }
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
        {
            throw Differs(target, path, partition.Start, $"it cannot be read: {e.Message}");
        }
    }

    private string? Difference(IFileTree tree, Ext4Volume? volume, byte[] path, ExpectedObject wanted)
    {
        if (tree.Find(path) is not { } found) return "it is not there";
        if (wanted.Kind is null) return found.Kind == FileKind.Directory ? "it is a directory, and should be a further name of a file" : null;
        if (found.Kind != wanted.Kind) return $"it is of another kind, {found.Kind} in place of {wanted.Kind}";
        if (found.Handle is Ext4Inode inode)
        {
            if (wanted.Inode is { } other && other != inode.Number) return "it is a file of its own, and should be a further name of another";
            // The data of a further name has been compared.
            if (wanted.Inode is not null) return null;
            if (wanted.Kind != FileKind.Directory) wanted.Inode = inode.Number;
            if (AttributeDifference(volume!, inode, wanted) is { } difference) return difference;
        }

        if (wanted.Kind == FileKind.SymbolicLink) return found.LinkTarget.AsSpan().SequenceEqual(wanted.LinkTarget) ? null : "its target is another one";
        if (wanted.Kind != FileKind.File) return null;
        if (found.Size != wanted.Size) return $"it has {found.Size} bytes in place of {wanted.Size}";
        using var content = tree.Open(found);
        return DigestOf(content, wanted) == wanted.Digest ? null : "its content is another one";
    }

    private uint DigestOf(Stream content, ExpectedObject wanted)
    {
        var digest = Castagnoli.Start;
        foreach (var run in wanted.DataRuns ?? [new DataRun(0, wanted.Size)])
        {
            // Holes are not read: what they cover was never written, and may be terabytes.
            content.Position = run.Offset;
            for (var left = run.Length; left > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = content.Read(_buffer, 0, (int)Math.Min(_buffer.Length, left));
                if (count == 0) break;
                digest = Castagnoli.Append(digest, _buffer.AsSpan(0, count));
                left -= count;
            }
        }

        return digest;
    }

    private static string? AttributeDifference(Ext4Volume volume, Ext4Inode inode, ExpectedObject wanted)
    {
        if (wanted.Kind is FileKind.BlockDevice or FileKind.CharacterDevice && inode.Device != wanted.Device) return $"it is device {inode.Device.Major}:{inode.Device.Minor} in place of {wanted.Device.Major}:{wanted.Device.Minor}";
        if (wanted.Attributes is not { } attributes) return null;
        if (wanted.Kind != FileKind.SymbolicLink && inode.Mode != attributes.Mode) return $"its mode is {Octal(inode.Mode)} in place of {Octal(attributes.Mode)}";
        if (inode.UserId != attributes.UserId || inode.GroupId != attributes.GroupId) return $"its owner is {inode.UserId}:{inode.GroupId} in place of {attributes.UserId}:{attributes.GroupId}";
        if (!IsSameTime(volume, inode.ModificationTime, attributes.ModificationTime)) return $"its time is {inode.ModificationTime.Seconds} in place of {attributes.ModificationTime.Seconds}, in seconds since 1970";
        return wanted.HasMoreXattrs ? null : XattrDifference(volume.ReadXattrs(inode), attributes.Xattrs);
    }

    private static string? XattrDifference(List<Xattr> found, IReadOnlyList<Xattr> wanted)
    {
        foreach (var one in wanted)
        {
            if (!found.Exists(f => f.Name.AsSpan().SequenceEqual(one.Name) && f.Value.AsSpan().SequenceEqual(one.Value))) return $"its extended attribute {PathText.Of(one.Name)} is missing or another one";
        }

        return null;
    }

    // What the inodes have no room for, the writer warns of: years that are too far away, and in small ones fractions of a second.
    private static bool IsSameTime(Ext4Volume volume, UnixTime found, UnixTime wanted)
    {
        var isLarge = volume.Superblock.InodeSize > SmallInode;
        if (wanted.Seconds < int.MinValue || wanted.Seconds > (isLarge ? LastLargeSecond : int.MaxValue)) return true;
        return found == wanted || (!isLarge && found.Seconds == wanted.Seconds);
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private VerificationException Differs(SpliceTarget target, byte[] path, long offset, string difference) =>
        new($"{diskName}: {target.Name}, path {(path.Length == 0 ? "/" : PathText.Of(path))}: {difference}; it was not written as the archive has it, which is a defect of this program, or of the machine's memory: please report it", offset);
}
