using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tar;

/// <summary>One member of a tar archive: what its header blocks and extension records say.</summary>
public sealed class TarEntry
{
    /// <summary>Name as the archive spells it, byte for byte (a directory usually ends in <c>/</c>).</summary>
    public required byte[] Name { get; init; }

    /// <summary>What it is.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>Target of a symbolic or hard link, byte for byte; empty otherwise.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permission bits with setuid, setgid, sticky (0 to 07777 octal).</summary>
    public int Mode { get; init; }

    /// <summary>Numeric owner. Names of users are never used.</summary>
    public long UserId { get; init; }

    /// <summary>Numeric group.</summary>
    public long GroupId { get; init; }

    /// <summary>Modification time, with the nanoseconds of a PAX record where there is one.</summary>
    public UnixTime ModificationTime { get; init; }

    /// <summary>Device major number.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Device minor number.</summary>
    public uint DeviceMinor { get; init; }

    /// <summary>Length in bytes of the file as it was on disk, holes included. 0 for everything but regular files.</summary>
    public long Size { get; init; }

    /// <summary>The stretches that hold data, when the member is sparse (any of the GNU forms); null when all of it is data. The content that follows the header is these stretches, one behind the other.</summary>
    public IReadOnlyList<DataRun>? DataRuns { get; init; }

    /// <summary>Extended attributes, byte-exact, in the order of the archive (<c>SCHILY.xattr.*</c>; <c>LIBARCHIVE.xattr.*</c> decoded where the first is not given).</summary>
    public IReadOnlyList<Xattr> Xattrs { get; init; } = [];

    /// <summary>Access ACL as text (<c>SCHILY.acl.access</c>), null where there is none.</summary>
    public byte[]? AclAccess { get; init; }

    /// <summary>Default ACL as text (<c>SCHILY.acl.default</c>), null where there is none.</summary>
    public byte[]? AclDefault { get; init; }

    /// <summary>Position in the archive of the member's first header block (the first extension header where there is one). Set by the reader.</summary>
    public long HeaderOffset { get; init; }

    /// <summary>Bytes of content in the archive: <see cref="Size"/>, or the sum of <see cref="DataRuns"/> for a sparse member.</summary>
    public long ContentLength
    {
        get
        {
            if (DataRuns is null) return Size;
            long sum = 0;
            foreach (var run in DataRuns) sum += run.Length;
            return sum;
        }
    }
}
