using System.Runtime.InteropServices;

namespace EtchStream.Unpack;

/// <summary>What a path names: which kind of object, and which one. Links are followed.</summary>
/// <param name="IsRegularFile">True for a plain file.</param>
/// <param name="IsDevice">True for a block or character device.</param>
/// <param name="Device">The file system it lies on; 0 where the system does not tell.</param>
/// <param name="Inode">Its number there; 0 where the system does not tell.</param>
internal readonly partial record struct FileIdentity(bool IsRegularFile, bool IsDevice, ulong Device, ulong Inode)
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int BlockDevice = 0x6000;
    private const int CharacterDevice = 0x2000;

    /// <summary>Looks at an existing object; null when there is none.</summary>
    public static FileIdentity? Of(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path)) return null;
        if (OperatingSystem.IsLinux() && TryStatx(path) is { } identity) return identity;

        // Elsewhere .NET tells folders from the rest only; devices live in one place there.
        var full = System.IO.Path.GetFullPath(path);
        var isDevice = full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith(@"\\.\", StringComparison.Ordinal);
        return new FileIdentity(!isDevice && File.Exists(path), isDevice, 0, 0);
    }

    private static FileIdentity? TryStatx(string path)
    {
        try
        {
            const int currentFolder = -100;
            const uint typeAndInode = 0x101;
            if (Statx(currentFolder, path, 0, typeAndInode, out var status) != 0) return null;
            var type = status.Mode & TypeMask;
            return new FileIdentity(
                type == RegularFile,
                type is BlockDevice or CharacterDevice,
                ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
                status.Inode);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call: the caller goes by path.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    /// <summary><c>struct statx</c> of Linux: part of the kernel's interface, the same on every architecture (statx(2)).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        /// <summary>stx_mode.</summary>
        [FieldOffset(28)]
        public ushort Mode;

        /// <summary>stx_ino.</summary>
        [FieldOffset(32)]
        public ulong Inode;

        /// <summary>stx_dev_major.</summary>
        [FieldOffset(136)]
        public uint DeviceMajor;

        /// <summary>stx_dev_minor.</summary>
        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
