using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources;

/// <summary>What the user named: links are followed here, and only here.</summary>
internal static class SourcePath
{
    /// <summary>Which file a path leads to; null where there is none, or where the system does not tell.</summary>
    public static FileId? IdOf(string path) => LinuxFile.IsAvailable ? LinuxFile.StatusOf(path)?.Id : null;

    /// <summary>What kind of object a path leads to.</summary>
    /// <exception cref="IOException">There is nothing.</exception>
    public static FileKind KindOf(string path)
    {
        if (LinuxFile.IsAvailable) return LinuxFile.StatusOf(path)?.Kind ?? throw NotFound(path);
        if (Directory.Exists(path)) return FileKind.Directory;
        return File.Exists(path) ? FileKind.File : throw NotFound(path);
    }

    /// <summary>Opens a regular file for reading by position.</summary>
    /// <exception cref="IOException">It is missing, not a regular file, or cannot be read.</exception>
    public static SafeFileHandle OpenFile(string path)
    {
        if (LinuxFile.IsAvailable)
        {
            var file = LinuxFile.Open(path);
            try
            {
                var kind = LinuxFile.Status(file, path).Kind;
                return kind == FileKind.File ? file : throw NotRegular(path, kind);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        if (Directory.Exists(path)) throw NotRegular(path, FileKind.Directory);
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, path);
        }
    }

    /// <summary>Opens a regular file, or on Linux a block device, for reading by position.</summary>
    /// <exception cref="IOException">It is missing, something else, or cannot be read.</exception>
    public static FileDisk OpenDisk(string path)
    {
        if (!LinuxFile.IsAvailable || KindOf(path) != FileKind.BlockDevice)
        {
            var file = OpenFile(path);
            return new FileDisk(file, RandomAccess.GetLength(file), ownsHandle: true);
        }

        // A device tells its length to who goes to its end.
        var device = LinuxFile.Open(path);
        var length = LinuxCalls.Seek(LinuxFile.Descriptor(device), 0, LinuxCalls.SeekEnd);
        if (length >= 0) return new FileDisk(device, length, ownsHandle: true);
        var error = LinuxFile.Error(path, "does not tell its size");
        device.Dispose();
        throw error;
    }

    /// <summary>The error for an object that has no content to read by position.</summary>
    public static IOException NotRegular(string path, FileKind kind) => new(
        kind == FileKind.Directory ? $"{path}: it is a folder; name a file" : $"{path}: it is {FileKindText.Of(kind)}; write what it brings to a file first, and name that");

    private static FileNotFoundException NotFound(string path) => new($"{path}: no such file or folder");
}
