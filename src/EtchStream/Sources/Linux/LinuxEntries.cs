using System.Runtime.Versioning;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources.Linux;

/// <summary>Turns open objects into members of the archive, with all that Linux knows about them.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxEntries
{
    /// <summary>Holes are taken in units of this many bytes, the usual block of a file system.</summary>
    private const int HoleGranularity = 4096;

    /// <summary>A member without content.</summary>
    public static TarEntry Describe(byte[] name, in FileStatus status, LinuxXattrs xattrs, byte[]? link = null) => new()
    {
        Name = name,
        Kind = status.Kind,
        Mode = status.Mode,
        UserId = status.UserId,
        GroupId = status.GroupId,
        ModificationTime = status.ModificationTime,
        LinkName = link ?? [],
        DeviceMajor = status.Kind is FileKind.BlockDevice or FileKind.CharacterDevice ? status.NodeMajor : 0,
        DeviceMinor = status.Kind is FileKind.BlockDevice or FileKind.CharacterDevice ? status.NodeMinor : 0,
        Xattrs = xattrs.Xattrs,
        AclAccess = xattrs.AclAccess,
        AclDefault = xattrs.AclDefault,
    };

    /// <summary>Another name of a member that is there already.</summary>
    public static TarEntry DescribeLink(byte[] name, in FileStatus status, byte[] first) => new()
    {
        Name = name,
        Kind = FileKind.HardLink,
        LinkName = first,
        Mode = status.Mode,
        UserId = status.UserId,
        GroupId = status.GroupId,
        ModificationTime = status.ModificationTime,
    };

    /// <summary>Hands on a regular file, header and content.</summary>
    /// <exception cref="IOException">It changed while it was read.</exception>
    public static async Task EmitFileAsync(SafeFileHandle file, FileStatus status, byte[] name, string shown, IEntrySink sink, CancellationToken cancellationToken)
    {
        var runs = status.AllocatedBytes < status.Size ? FindHoles(file, status.Size, shown) : null;
        var xattrs = LinuxXattrs.Read(file, isPathOnly: false, shown);
        var entry = new TarEntry
        {
            Name = name,
            Kind = FileKind.File,
            Mode = status.Mode,
            UserId = status.UserId,
            GroupId = status.GroupId,
            ModificationTime = status.ModificationTime,
            Size = status.Size,
            DataRuns = runs,
            Xattrs = xattrs.Xattrs,
            AclAccess = xattrs.AclAccess,
            AclDefault = xattrs.AclDefault,
        };
        await sink.BeginAsync(entry, cancellationToken).ConfigureAwait(false);
        await ContentReader.EmitAsync(file, status.Size, runs, shown, sink, cancellationToken).ConfigureAwait(false);
        var after = LinuxFile.Status(file, shown);
        if (after.Size != status.Size || after.ModificationTime != status.ModificationTime)
        {
            throw new IOException($"{shown}: it was changed while it was read; take a tree that nobody writes to");
        }
    }

    private static IReadOnlyList<DataRun>? FindHoles(SafeFileHandle file, long size, string shown)
    {
        var runs = new SparseRuns(HoleGranularity, size);
        long position = 0;
        while (LinuxHoles.Next(file, position, size, shown) is { } run)
        {
            runs.Add(run.Offset, run.Length);
            position = run.End;
        }

        return runs.ToMap();
    }
}
