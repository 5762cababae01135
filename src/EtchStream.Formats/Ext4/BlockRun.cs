namespace EtchStream.Formats.Ext4;

/// <summary>A stretch of a file's blocks that lie one behind the other on disk.</summary>
/// <param name="Logical">First block in the file.</param>
/// <param name="Physical">First block in the file system.</param>
/// <param name="Count">Number of blocks.</param>
/// <param name="Unwritten">Allocated but never written: reads as zeros.</param>
internal readonly record struct BlockRun(long Logical, long Physical, long Count, bool Unwritten = false);
