using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Chooses what inflates raw deflate data (RFC 1951): zlib where the system has it, else managed code.</summary>
internal static class DeflateCodec
{
    public static ICodec Create() => NativeLibraries.IsAvailable(NativeLibraries.Zlib) ? new ZlibCodec() : new ManagedInflateCodec();
}
