using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>The calls that a block device takes beside reading and writing (<c>linux/fs.h</c>).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class DeviceCalls
{
    /// <summary>O_RDWR.</summary>
    public const int ReadWrite = 2;

    /// <summary>O_EXCL: of a block device, refused when it is mounted or otherwise taken (open(2)).</summary>
    public const int Exclusive = 0x80;

    // _IO(0x12, n): the same on x86, ARM, RISC-V, LoongArch and s390; others set the top bits.
    private static readonly nuint NoArgument = RuntimeInformation.ProcessArchitecture is Architecture.Ppc64le ? 0x20000000u : 0u;

    /// <summary>BLKROSET.</summary>
    public static nuint SetReadOnly => NoArgument | 0x125d;

    /// <summary>BLKRRPART.</summary>
    public static nuint RereadPartitions => NoArgument | 0x125f;

    /// <summary>BLKSSZGET.</summary>
    public static nuint SectorSize => NoArgument | 0x1268;

    /// <summary>BLKZEROOUT.</summary>
    public static nuint ZeroOut => NoArgument | 0x127f;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, void* argument);
}
