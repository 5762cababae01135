using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>zlib's inflate, from zlib.h.</summary>
internal static unsafe partial class ZlibNative
{
    public const int NoFlush = 0;
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int BufferError = -5;
    public const int MemoryError = -4;

    // Only the first digit is compared, and it has been 1 since 1995.
    private const string Version = "1.2.11";

    static ZlibNative() => RuntimeHelpers.RunClassConstructor(typeof(NativeLibraries).TypeHandle);

    /// <summary>Prepares raw deflate data with the largest window.</summary>
    public static int InflateInit(ZStream* stream) => InflateInit2(stream, -15, Version, sizeof(ZStream));

    [LibraryImport(NativeLibraries.Zlib, EntryPoint = "inflate")]
    public static partial int Inflate(ZStream* stream, int flush);

    [LibraryImport(NativeLibraries.Zlib, EntryPoint = "inflateReset")]
    public static partial int InflateReset(ZStream* stream);

    [LibraryImport(NativeLibraries.Zlib, EntryPoint = "inflateEnd")]
    public static partial int InflateEnd(ZStream* stream);

    [LibraryImport(NativeLibraries.Zlib, EntryPoint = "inflateInit2_", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InflateInit2(ZStream* stream, int windowBits, string version, int streamSize);

    /// <summary><c>z_stream</c>; <c>uLong</c> is C's <c>unsigned long</c>, 32 bits on Windows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ZStream
    {
        public byte* NextIn;
        public uint AvailIn;
        public CULong TotalIn;
        public byte* NextOut;
        public uint AvailOut;
        public CULong TotalOut;
        public byte* Message;
        public nint State;
        public nint Allocate;
        public nint Free;
        public nint Opaque;
        public int DataType;
        public CULong Adler;
        public CULong Reserved;
    }
}
