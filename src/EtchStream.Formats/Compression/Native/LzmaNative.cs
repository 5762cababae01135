using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>liblzma's .xz decoder, from lzma/base.h and lzma/container.h.</summary>
internal static unsafe partial class LzmaNative
{
    public const int Run = 0;
    public const int Finish = 3;

    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int UnsupportedCheck = 3;
    public const int MemoryError = 5;
    public const int MemoryLimitError = 6;
    public const int FormatError = 7;
    public const int OptionsError = 8;
    public const int BufferError = 10;

    public const uint TellUnsupportedCheck = 0x02;
    public const uint Concatenated = 0x08;

    static LzmaNative() => RuntimeHelpers.RunClassConstructor(typeof(NativeLibraries).TypeHandle);

    [LibraryImport(NativeLibraries.Lzma, EntryPoint = "lzma_stream_decoder")]
    public static partial int StreamDecoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(NativeLibraries.Lzma, EntryPoint = "lzma_code")]
    public static partial int Code(LzmaStream* stream, int action);

    [LibraryImport(NativeLibraries.Lzma, EntryPoint = "lzma_end")]
    public static partial void End(LzmaStream* stream);

    [LibraryImport(NativeLibraries.Lzma, EntryPoint = "lzma_memusage")]
    public static partial ulong MemoryUsage(LzmaStream* stream);

    /// <summary><c>lzma_stream</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LzmaStream
    {
        public byte* NextIn;
        public nuint AvailIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailOut;
        public ulong TotalOut;
        public nint Allocator;
        public nint Internal;
        public nint ReservedPointer1;
        public nint ReservedPointer2;
        public nint ReservedPointer3;
        public nint ReservedPointer4;
        public ulong SeekPosition;
        public ulong ReservedInt2;
        public nuint ReservedInt3;
        public nuint ReservedInt4;
        public int ReservedEnum1;
        public int ReservedEnum2;
    }
}
