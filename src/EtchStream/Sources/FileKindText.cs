using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>Kinds of objects in messages.</summary>
internal static class FileKindText
{
    /// <summary>With its article: "a character device".</summary>
    public static string Of(FileKind kind) => kind switch
    {
        FileKind.File => "a regular file",
        FileKind.Directory => "a folder",
        FileKind.SymbolicLink => "a symbolic link",
        FileKind.HardLink => "a hard link",
        FileKind.CharacterDevice => "a character device",
        FileKind.BlockDevice => "a block device",
        FileKind.Fifo => "a named pipe",
        _ => "a socket",
    };
}
