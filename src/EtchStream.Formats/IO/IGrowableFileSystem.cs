namespace EtchStream.Formats.IO;

/// <summary>A file system that can be made larger while files are written into it.</summary>
public interface IGrowableFileSystem
{
    /// <summary>Bytes in one block.</summary>
    int BlockSize { get; }

    /// <summary>Blocks that it has.</summary>
    long BlockCount { get; }

    /// <summary>The most blocks that <see cref="Grow"/> can give it.</summary>
    long MaxBlockCount { get; }

    /// <summary>Bytes that are still free.</summary>
    long FreeBytes { get; }

    /// <summary>Inodes that are still free.</summary>
    long FreeInodes { get; }

    /// <summary>How many blocks it has to have for at least so much to be free.</summary>
    /// <param name="freeBytes">Bytes that have to be free.</param>
    /// <param name="freeInodes">Inodes that have to be free.</param>
    /// <returns>As many as it has, where so much is free already.</returns>
    long BlocksFor(long freeBytes, long freeInodes);

    /// <summary>Makes it larger. Its partition has to be as large already.</summary>
    /// <param name="blocks">Blocks that it is to have; it may come out a little smaller where the rest would be of no use.</param>
    /// <exception cref="OutOfSpaceException">The partition is smaller, or the file system can not become as large.</exception>
    void Grow(long blocks);
}
