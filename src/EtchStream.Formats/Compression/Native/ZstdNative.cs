using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>libzstd's streaming interface, from zstd.h and zstd_errors.h.</summary>
internal static unsafe partial class ZstdNative
{
    public const int DecoderWindowLogMax = 100;
    public const int EncoderCompressionLevel = 100;
    public const int EncoderChecksumFlag = 201;

    public const int Continue = 0;
    public const int Flush = 1;
    public const int End = 2;

    public const int ErrorPrefixUnknown = 10;
    public const int ErrorFrameParameterUnsupported = 14;
    public const int ErrorWindowTooLarge = 16;
    public const int ErrorDictionaryWrong = 32;
    public const int ErrorMemoryAllocation = 64;

    static ZstdNative() => RuntimeHelpers.RunClassConstructor(typeof(NativeLibraries).TypeHandle);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecoder();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecoder(nint context);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetDecoderParameter(nint context, int parameter, int value);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint context, OutBuffer* output, InBuffer* input);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateEncoder();

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeEncoder(nint context);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetEncoderParameter(nint context, int parameter, int value);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_compressStream2")]
    public static partial nuint Compress(nint context, OutBuffer* output, InBuffer* input, int directive);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_getErrorCode")]
    public static partial int ErrorCode(nuint code);

    [LibraryImport(NativeLibraries.Zstd, EntryPoint = "ZSTD_getErrorName")]
    public static partial byte* ErrorName(nuint code);

    /// <summary>The library's own words for an error.</summary>
    public static string ErrorText(nuint code) => Marshal.PtrToStringUTF8((nint)ErrorName(code)) ?? "unknown error";

    /// <summary><c>ZSTD_inBuffer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct InBuffer
    {
        public byte* Source;
        public nuint Size;
        public nuint Position;
    }

    /// <summary><c>ZSTD_outBuffer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OutBuffer
    {
        public byte* Destination;
        public nuint Size;
        public nuint Position;
    }
}
