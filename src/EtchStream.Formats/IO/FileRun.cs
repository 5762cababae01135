namespace EtchStream.Formats.IO;

/// <summary>Where a stretch of a file lies in its file system.</summary>
/// <param name="FileOffset">First byte in the file, a multiple of the block (or cluster) size.</param>
/// <param name="VolumeOffset">First byte in the file system's partition.</param>
/// <param name="Length">Bytes, a multiple of the block size; what lies behind the file's end, or in a hole, within the stretch has to be written as zeros.</param>
public readonly record struct FileRun(long FileOffset, long VolumeOffset, long Length);
