using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using EtchStream.Formats.Unix;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources.Linux;

/// <summary>The calls of <see cref="LinuxCalls"/> with handles, managed bytes, and errors that name the path.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxFile
{
    private const string Unexamined = "cannot be examined";
    private const int NotPermitted = 1;
    private const int NotFound = 2;
    private const int AccessDenied = 13;
    private const int NoFolder = 20;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;

    /// <summary>Whether the calls are there: Linux, 64 bits (the layout of <c>struct dirent</c>), a C library with statx.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess
        && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "statx", out _);

    /// <summary>
    /// Lets a pipe hold more than its 64 KiB, which are written and read in turn with a change of process for each. What is no pipe, or holds
    /// as much already, stays as it is, and so does the pipe of a user who may not have so much memory in pipes.
    /// </summary>
    public static void TryWidenPipe(SafeFileHandle pipe, int bytes)
    {
        var size = LinuxCalls.Control(Descriptor(pipe), LinuxCalls.GetPipeSize, 0);
        if (size >= 0 && size < bytes) _ = LinuxCalls.Control(Descriptor(pipe), LinuxCalls.SetPipeSize, bytes);
    }

    /// <summary>Opens a path that the user named; links are followed.</summary>
    public static SafeFileHandle Open(string path, int flags = 0) => OpenAt(null, Terminated(path), flags | LinuxCalls.NonBlock, path);

    /// <summary>Opens a name in an open folder, for reading. Pass <see cref="LinuxCalls.NoFollow"/> unless a link may be followed.</summary>
    /// <param name="folder">The folder; null for the working folder.</param>
    /// <param name="name">Zero-terminated.</param>
    /// <param name="flags">O_* flags; O_CLOEXEC is added.</param>
    /// <param name="shown">The path, for errors.</param>
    public static unsafe SafeFileHandle OpenAt(SafeFileHandle? folder, byte[] name, int flags, string shown)
    {
        fixed (byte* path = name)
        {
            var descriptor = LinuxCalls.OpenAt(Descriptor(folder), path, flags | LinuxCalls.CloseOnExec, 0);
            if (descriptor < 0) throw Error(shown, "cannot be opened");
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    /// <summary>What an open handle is.</summary>
    public static unsafe FileStatus Status(SafeFileHandle file, string shown)
    {
        byte nothing = 0;
        StatxBuffer buffer;
        if (LinuxCalls.Statx(Descriptor(file), &nothing, LinuxCalls.EmptyPath, LinuxCalls.BasicStats, &buffer) != 0) throw Error(shown, Unexamined);
        return Status(buffer, shown);
    }

    /// <summary>What a name in an open folder is. A link is not followed.</summary>
    public static unsafe FileStatus StatusAt(SafeFileHandle folder, byte[] name, string shown)
    {
        StatxBuffer buffer;
        fixed (byte* path = name)
        {
            if (LinuxCalls.Statx(Descriptor(folder), path, LinuxCalls.NoFollowAt, LinuxCalls.BasicStats, &buffer) != 0) throw Error(shown, Unexamined);
        }

        return Status(buffer, shown);
    }

    /// <summary>What a path is, links followed; null when there is nothing.</summary>
    public static unsafe FileStatus? StatusOf(string path)
    {
        StatxBuffer buffer;
        fixed (byte* bytes = Terminated(path))
        {
            if (LinuxCalls.Statx(LinuxCalls.WorkingFolder, bytes, 0, LinuxCalls.BasicStats, &buffer) == 0) return Status(buffer, path);
        }

        return Marshal.GetLastPInvokeError() == NotFound ? null : throw Error(path, Unexamined);
    }

    /// <summary>Where a symbolic link leads, byte for byte.</summary>
    /// <param name="link">A handle opened with O_PATH and O_NOFOLLOW.</param>
    /// <param name="shown">The path, for errors.</param>
    public static unsafe byte[] ReadLink(SafeFileHandle link, string shown)
    {
        byte nothing = 0;
        for (var size = 256; ; size *= 4)
        {
            var target = new byte[size];
            nint length;
            fixed (byte* buffer = target) length = LinuxCalls.ReadLinkAt(Descriptor(link), &nothing, buffer, size);
            if (length < 0) throw Error(shown, "cannot be read");
            if (length < size) return target[..(int)length];
        }
    }

    /// <summary>Names in an open folder, sorted by their bytes, each with a closing zero. Without <c>.</c> and <c>..</c>.</summary>
    public static unsafe byte[][] List(SafeFileHandle folder, string shown)
    {
        // Own descriptor: fdopendir takes over the one it gets, and moves its position.
        var names = new List<byte[]>();
        int descriptor;
        fixed (byte* self = "."u8) descriptor = LinuxCalls.OpenAt(Descriptor(folder), self, LinuxCalls.Directory | LinuxCalls.CloseOnExec, 0);
        if (descriptor < 0) throw Error(shown, "cannot be read");
        var directory = LinuxCalls.OpenDirectory(descriptor);
        if (directory == 0)
        {
            var error = Error(shown, "cannot be read");
            _ = LinuxCalls.Close(descriptor);
            throw error;
        }

        try
        {
            while (true)
            {
                var entry = LinuxCalls.ReadDirectory(directory);
                if (entry is null)
                {
                    if (Marshal.GetLastPInvokeError() != 0) throw Error(shown, "cannot be read");
                    break;
                }

                // struct dirent of a 64-bit system: d_ino 8, d_off 8, d_reclen 2, d_type 1 byte, then the name.
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
                names.Add([.. name, 0]);
            }
        }
        finally
        {
            _ = LinuxCalls.CloseDirectory(directory);
        }

        // The closing zero sorts before every other byte, as the end of a name does.
        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return [.. names];
    }

    /// <summary>Zero-terminated UTF-8.</summary>
    public static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>The descriptor's number, for a call. The caller keeps the handle alive.</summary>
    public static int Descriptor(SafeFileHandle? file) => file is null ? LinuxCalls.WorkingFolder : (int)file.DangerousGetHandle();

    /// <summary>The error of the last call that failed.</summary>
    public static IOException Error(string shown, string problem)
    {
        var code = Marshal.GetLastPInvokeError();
        return code switch
        {
            NotFound => new FileNotFoundException($"{shown}: no such file or folder"),
            NotPermitted or AccessDenied => new IOException($"{shown}: no permission to {(problem == Unexamined ? "reach" : "read")} it; run as its owner or as root", code),
            NoFolder => new IOException($"{shown}: a part of the path is a file, not a folder", code),
            NameTooLong => new IOException($"{shown}: the name is too long", code),
            TooManyLinks => new IOException($"{shown}: {problem}: it was replaced by a symbolic link, or links lead in a circle", code),
            _ => new IOException($"{shown}: {problem}: {Marshal.GetPInvokeErrorMessage(code)}", code),
        };
    }

    private static FileStatus Status(in StatxBuffer buffer, string shown) => new()
    {
        Kind = (buffer.Mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.SymbolicLink,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            _ => throw new IOException($"{shown}: an object of unknown kind (mode 0x{buffer.Mode:x})"),
        },
        Mode = buffer.Mode & 0xFFF,
        UserId = buffer.UserId,
        GroupId = buffer.GroupId,
        Size = buffer.Size <= long.MaxValue ? (long)buffer.Size : throw new IOException($"{shown}: a size of {buffer.Size} bytes"),
        AllocatedBytes = buffer.Blocks < long.MaxValue / 512 ? (long)buffer.Blocks * 512 : long.MaxValue,
        ModificationTime = new UnixTime(buffer.ModificationSeconds, (int)buffer.ModificationNanoseconds),
        LinkCount = buffer.LinkCount,
        Id = new FileId(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode),
        NodeMajor = buffer.NodeMajor,
        NodeMinor = buffer.NodeMinor,
    };
}
