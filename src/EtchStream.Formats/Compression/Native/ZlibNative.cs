using System.Runtime.InteropServices;

namespace EtchStream.Formats.Compression.Native;

/// <summary>The inflate of the zlib that comes with .NET (zlib-ng), by the functions that the framework's own streams call.</summary>
/// <remarks>
/// It inflates two to five times as fast as the systems' zlib, but the framework's streams do not tell where a member ends, and hide
/// truncation. These functions are not documented, so <see cref="IsUsable"/> tries them first; where they are missing or do something
/// else, managed code does it.
/// </remarks>
internal static unsafe partial class ZlibNative
{
    public const int NoFlush = 0;
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int BufferError = -5;
    public const int MemoryError = -4;

    /// <summary>Bytes to reserve for a stream: more than it has, should it grow.</summary>
    public const int StreamSize = 256;

    // Raw deflate data, the largest window.
    private const int RawWindow = -15;
    private const string Library = "libSystem.IO.Compression.Native";

    /// <summary>Whether the functions are there and do what they are expected to.</summary>
    public static bool IsUsable { get; } = Try();

    /// <summary>Prepares raw deflate data with the largest window.</summary>
    public static int InflateInit(ZStream* stream) => InflateInit2(stream, RawWindow);

    /// <summary>Makes ready for other data.</summary>
    public static int InflateReset(ZStream* stream) => InflateReset2(stream, RawWindow);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    public static partial int Inflate(ZStream* stream, int flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    public static partial int InflateEnd(ZStream* stream);

    /// <summary>Continues a CRC-32 (that of gzip).</summary>
    [LibraryImport(Library, EntryPoint = "CompressionNative_Crc32")]
    public static partial uint Crc32(uint crc, byte* data, int length);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    private static partial int InflateInit2(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    private static partial int InflateReset2(ZStream* stream, int windowBits);

    /// <summary>Two members of one byte, and what is left over; and a checksum that is in every textbook.</summary>
    private static bool Try()
    {
        ReadOnlySpan<byte> stored = [1, 1, 0, 0xFE, 0xFF, (byte)'e', 0x77];
        var check = "123456789"u8;
        var memory = (ZStream*)NativeMemory.AllocZeroed(StreamSize);
        try
        {
            if (InflateInit(memory) != Ok) return false;
            var isRight = true;
            fixed (byte* source = stored, checkSource = check)
            {
                for (var member = 0; member < 2; member++)
                {
                    byte written = 0;
                    memory->NextIn = source;
                    memory->AvailIn = (uint)stored.Length;
                    memory->NextOut = &written;
                    memory->AvailOut = 1;
                    isRight &= Inflate(memory, NoFlush) == StreamEnd && written == 'e' && memory->AvailIn == 1 && memory->AvailOut == 0 && InflateReset(memory) == Ok;
                }

                isRight &= Crc32(0, checkSource, check.Length) == 0xCBF43926;
            }

            return InflateEnd(memory) == Ok && isRight;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return false;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>The framework's form of <c>z_stream</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ZStream
    {
        public byte* NextIn;
        public byte* NextOut;
        public byte* Message;
        public nint State;
        public uint AvailIn;
        public uint AvailOut;
    }
}
