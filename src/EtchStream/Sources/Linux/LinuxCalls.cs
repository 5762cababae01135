using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EtchStream.Sources.Linux;

/// <summary>
/// The calls of the C library that reading a tree byte-exactly takes. .NET's own file API decodes names as UTF-8, stops at
/// PATH_MAX and knows no extended attributes, owners or device numbers.
/// </summary>
/// <remarks>Names are zero-terminated bytes. errno is in <see cref="Marshal.GetLastPInvokeError"/> after a failure.</remarks>
[SupportedOSPlatform("linux")]
internal static partial class LinuxCalls
{
    /// <summary>AT_FDCWD: relative to the process's working folder.</summary>
    public const int WorkingFolder = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const int NoFollowAt = 0x100;

    /// <summary>AT_EMPTY_PATH: the descriptor itself.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint BasicStats = 0x7ff;

    /// <summary>O_NONBLOCK: opening a FIFO that took a file's place does not wait for its writer.</summary>
    public const int NonBlock = 0x800;

    /// <summary>O_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>O_PATH: a handle on a link or device itself, which is not opened by it.</summary>
    public const int PathOnly = 0x200000;

    /// <summary>SEEK_END.</summary>
    public const int SeekEnd = 2;

    /// <summary>SEEK_DATA.</summary>
    public const int SeekData = 3;

    /// <summary>SEEK_HOLE.</summary>
    public const int SeekHole = 4;

    /// <summary>SYNC_FILE_RANGE_WRITE: starts to write what is dirty, and waits for nothing but room in the device's queue.</summary>
    public const uint StartWriting = 2;

    /// <summary>F_SETPIPE_SZ.</summary>
    public const int SetPipeSize = 1031;

    /// <summary>F_GETPIPE_SZ.</summary>
    public const int GetPipeSize = 1032;

    // Two flags differ between architectures: ARM and PowerPC have their own values, the others the generic ones.
    private static readonly bool HasArmFlags = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    /// <summary>O_DIRECTORY.</summary>
    public static int Directory => HasArmFlags ? 0x4000 : 0x10000;

    /// <summary>O_DIRECT: past the page cache.</summary>
    public static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Ppc64le ? 0x20000 : HasArmFlags ? 0x10000 : 0x4000;

    /// <summary>O_NOFOLLOW.</summary>
    public static int NoFollow => HasArmFlags ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static unsafe partial int OpenAt(int folder, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static unsafe partial int Statx(int folder, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static unsafe partial nint ReadLinkAt(int folder, byte* path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenDirectory(int descriptor);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static unsafe partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int descriptor, long offset, int whence);

    /// <summary>POSIX_FADV_DONTNEED (4 everywhere but on s390).</summary>
    public static int DropCache => RuntimeInformation.ProcessArchitecture == Architecture.S390x ? 6 : 4;

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    public static partial int Advise(int descriptor, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncFileRange(int descriptor, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    public static unsafe partial nint ListXattrs(int descriptor, byte* list, nint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true)]
    public static unsafe partial nint GetXattr(int descriptor, byte* name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true)]
    public static unsafe partial nint ListXattrs(byte* path, byte* list, nint size);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true)]
    public static unsafe partial nint GetXattr(byte* path, byte* name, byte* value, nint size);
}
