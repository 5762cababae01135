using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using EtchStream.Unpack.Devices;

namespace EtchStream.Unpack.Outputs;

/// <summary>From a path to what can be written there: a device, or a file.</summary>
internal static class OutputOpener
{
    /// <summary>Opens an output.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="inputPath">The input, when it is a file: it must be another one.</param>
    /// <param name="force">Takes a read-only device, and the disk that holds the running system.</param>
    /// <param name="flush">Whether a file is going to be flushed: only then is it set on its way to the medium meanwhile.</param>
    /// <exception cref="OutputRefusedException">It is a folder, the input, or a device that must not be written.</exception>
    /// <exception cref="UnsupportedFormatException">It is neither a file nor a block device.</exception>
    public static IOutput Open(string path, string? inputPath, bool force, bool flush = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PendingFile.EnsureNoFolder(path);
        if (inputPath is not null && IsSame(path, inputPath)) throw new OutputRefusedException(path, "it is the input; name another file to write");
        if (BlockDevices.TryDescribe(path) is null)
        {
            EnsureRegular(path);
            return OutputFile.Create(path, flush);
        }

        var device = BlockDevices.Open(path, force);
        try
        {
            return new OutputDevice(path, device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Whether two paths lead to the same file or device, as far as the system tells.</summary>
    public static bool IsSame(string path, string other)
    {
        if (LinuxFile.IsAvailable)
        {
            return LinuxFile.StatusOf(path) is { } one && LinuxFile.StatusOf(other) is { } two
                ? one.Id == two.Id || (one.Kind == FileKind.BlockDevice && two.Kind == one.Kind && (one.NodeMajor, one.NodeMinor) == (two.NodeMajor, two.NodeMinor))
                : PendingFile.ResolveLinks(path) == PendingFile.ResolveLinks(other);
        }

        return string.Equals(PendingFile.ResolveLinks(path), PendingFile.ResolveLinks(other), StringComparison.OrdinalIgnoreCase);
    }

    private static void EnsureRegular(string path)
    {
        PendingFile.EnsureNoMissingDevice(path, PendingFile.ResolveLinks(path));
        var isRegular = !LinuxFile.IsAvailable ? !Directory.Exists(path) : LinuxFile.StatusOf(path) is null or { Kind: FileKind.File };
        if (!isRegular) throw new UnsupportedFormatException("output kind", $"{path}: it is neither a regular file nor a block device; name a file to write");
    }
}
