using System.Runtime.InteropServices;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Sources.Linux;
using EtchStream.Unpack.Devices.Linux;

namespace EtchStream.Unpack.Devices;

/// <summary>Block devices as outputs: the one place that knows on which systems they can be written, and how.</summary>
public static class BlockDevices
{
    /// <summary>What is known of a device; null where the path names none: a file, or nothing yet.</summary>
    /// <exception cref="UnsupportedFormatException">It is a device, and devices are not written on this system; or one of another kind.</exception>
    public static BlockDeviceInfo? TryDescribe(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (LinuxFile.IsAvailable)
        {
            return LinuxFile.StatusOf(path) switch
            {
                { Kind: FileKind.BlockDevice } status => LinuxDeviceFacts.Read(path, status.NodeMajor, status.NodeMinor).Describe(),
                { Kind: FileKind.CharacterDevice } => throw new UnsupportedFormatException("output device", $"{path}: it is a character device; an image is written to a block device, or to a file"),
                _ => null,
            };
        }

        var full = System.IO.Path.GetFullPath(path);
        if (!full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith(@"\\.\", StringComparison.Ordinal)) return null;
        throw NotHere(path);
    }

    /// <summary>Tells why a device must not be written, if it must not.</summary>
    /// <param name="path">The device.</param>
    /// <param name="force">Takes a read-only device, and the disk that holds the running system; never one that is in use.</param>
    /// <exception cref="OutputRefusedException">It is mounted, swapped to, held by LVM, RAID or another device; or, without <paramref name="force"/>, read-only or the system's own.</exception>
    public static void EnsureWritable(string path, bool force)
    {
        if (!LinuxFile.IsAvailable) throw NotHere(path);
        LinuxDeviceUse.EnsureFree(Facts(path), force);
    }

    /// <summary>Opens a device for this run alone.</summary>
    internal static IBlockDevice Open(string path, bool force)
    {
        EnsureWritable(path, force);
        return LinuxFile.IsAvailable ? LinuxBlockDevice.Open(path, Facts(path), force) : throw NotHere(path);
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static LinuxDeviceFacts Facts(string path)
    {
        var status = LinuxFile.StatusOf(path) ?? throw new FileNotFoundException($"{path}: no such device", path);
        return LinuxDeviceFacts.Read(path, status.NodeMajor, status.NodeMinor);
    }

    private static UnsupportedFormatException NotHere(string path) =>
        new("output device", $"{path}: devices are not written on {RuntimeInformation.OSDescription} yet, only on 64-bit Linux; write to a file and copy it");
}
