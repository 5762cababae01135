using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Unpack.Verification;

/// <summary>What the archive said of one object. Names that are hard links of each other share it.</summary>
internal sealed class ExpectedObject
{
    /// <summary>Null for one that the image had before, of which only a further name is known.</summary>
    public FileKind? Kind { get; init; }

    public long Size { get; init; }

    /// <summary>The stretches of a file that hold data; null when all of it does.</summary>
    public IReadOnlyList<DataRun>? DataRuns { get; init; }

    /// <summary>CRC-32C of a file's data.</summary>
    public uint Digest { get; set; }

    /// <summary>Where a symbolic link leads; null for anything else.</summary>
    public byte[]? LinkTarget { get; init; }

    /// <summary>Device numbers.</summary>
    public (uint Major, uint Minor) Device { get; init; }

    /// <summary>Null where nothing was said of them.</summary>
    public UnixAttributes? Attributes { get; set; }

    /// <summary>Whether the attributes are more than is known here: a hard link may add to those of the object.</summary>
    public bool HasMoreXattrs { get; set; }

    /// <summary>The inode in which it was found first, by one of its names.</summary>
    public uint? Inode { get; set; }
}
