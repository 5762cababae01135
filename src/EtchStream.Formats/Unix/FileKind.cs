namespace EtchStream.Formats.Unix;

/// <summary>The kinds of objects a tar archive or a Unix file system holds.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Another name of a file of the same archive or file system (tar only: a file system has no such object).</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A Unix domain socket (never in a tar archive).</summary>
    Socket,
}
