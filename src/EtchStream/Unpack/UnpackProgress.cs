using EtchStream.Dataflow;

namespace EtchStream.Unpack;

/// <summary>What an unpack run is busy with.</summary>
public enum UnpackPhase
{
    /// <summary>Reads the archive up to the image.</summary>
    Start,

    /// <summary>Writes the disk image.</summary>
    Image,

    /// <summary>Writes files into partitions.</summary>
    Files,

    /// <summary>Writes what the file systems held back until their last file: folders, bitmaps, counts.</summary>
    Metadata,

    /// <summary>Waits until the bytes are on the medium.</summary>
    Flush,

    /// <summary>Reads back what is on the medium, and compares.</summary>
    Verify,

    /// <summary>All is done; the outputs are complete.</summary>
    Done,
}

/// <summary>How far an unpack run is.</summary>
/// <param name="Phase">What it is busy with.</param>
/// <param name="InputBytes">Bytes of input read, as they come (compressed, when the archive is).</param>
/// <param name="InputLength">Length of the input; null when it is not known, as for a pipe.</param>
/// <param name="ImageBytes">How far in the disk image, holes included.</param>
/// <param name="Files">Members written into partitions.</param>
/// <param name="CurrentPath">The member at hand, null between them.</param>
public sealed record UnpackProgress(UnpackPhase Phase, long InputBytes, long? InputLength, long ImageBytes, long Files, string? CurrentPath)
{
    /// <summary>How far in this phase, in bytes: of the image (compressed where it is), of the input behind the image, of what is read back.</summary>
    public long PhaseBytes { get; init; }

    /// <summary>Bytes of the whole phase; null where that is not known beforehand.</summary>
    public long? PhaseTotalBytes { get; init; }

    /// <summary>What the run has been waiting for for a second or more, the longest first.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];
}
