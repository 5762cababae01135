namespace EtchStream.TestKit;

/// <summary>How much of everything a <see cref="HostileTree"/> has.</summary>
public sealed record HostileTreeOptions
{
    /// <summary>What every case of the matrix takes: some 4 000 objects and 15 MB.</summary>
    public static HostileTreeOptions Quick { get; } = new();

    /// <summary>What only a few take: 100 000 files in one folder, 65 000 subfolders in another.</summary>
    public static HostileTreeOptions Big { get; } = new() { FilesInOneFolder = 100_000, FoldersInOneFolder = 65_000 };

    /// <summary>Files in the folder <c>flat</c>.</summary>
    public int FilesInOneFolder { get; init; } = 3_000;

    /// <summary>Folders in the folder <c>folders</c>.</summary>
    public int FoldersInOneFolder { get; init; } = 300;

    /// <summary>
    /// Bytes in a block of the file system that the tree is for: it bounds the extended attributes of one object, and the length of a
    /// symbolic link's target. Also the grain of the holes.
    /// </summary>
    public int BlockSize { get; init; } = 4096;

    /// <summary>
    /// What all extended attributes of one object may take as ext4 lays them out (16 for each entry, its name without prefix and its value,
    /// both rounded up to 4), with some room left.
    /// </summary>
    public int XattrBytes => BlockSize - 130;

    /// <summary>The longest target: it has to fit in a block with a zero byte.</summary>
    public int LongestTarget => Math.Min(BlockSize, 4096) - 1;

    /// <summary>Whether to make the sparse file of 5 GiB.</summary>
    public bool BigSparseFile { get; init; } = true;

    /// <summary>How many pieces the file has whose data and holes alternate block by block.</summary>
    public int Stripes { get; init; } = 1_500;

    /// <summary>Length of the longest path in bytes; what the tar puts before it has to fit in PATH_MAX as well.</summary>
    public int LongestPath { get; init; } = 4_050;
}
