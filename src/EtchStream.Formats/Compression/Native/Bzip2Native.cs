using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>libbz2's decompressor, from bzlib.h.</summary>
internal static unsafe partial class Bzip2Native
{
    public const int Ok = 0;
    public const int StreamEnd = 4;
    public const int MemoryError = -3;
    public const int MagicError = -5;

    static Bzip2Native() => RuntimeHelpers.RunClassConstructor(typeof(NativeLibraries).TypeHandle);

    [LibraryImport(NativeLibraries.Bzip2, EntryPoint = "BZ2_bzDecompressInit")]
    public static partial int DecompressInit(BzStream* stream, int verbosity, int small);

    [LibraryImport(NativeLibraries.Bzip2, EntryPoint = "BZ2_bzDecompress")]
    public static partial int Decompress(BzStream* stream);

    [LibraryImport(NativeLibraries.Bzip2, EntryPoint = "BZ2_bzDecompressEnd")]
    public static partial int DecompressEnd(BzStream* stream);

    /// <summary><c>bz_stream</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct BzStream
    {
        public byte* NextIn;
        public uint AvailIn;
        public uint TotalInLow;
        public uint TotalInHigh;
        public byte* NextOut;
        public uint AvailOut;
        public uint TotalOutLow;
        public uint TotalOutHigh;
        public nint State;
        public nint Allocate;
        public nint Free;
        public nint Opaque;
    }
}
