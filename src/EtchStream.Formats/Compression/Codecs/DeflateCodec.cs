using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Chooses what inflates raw deflate data (RFC 1951): the zlib that comes with .NET, or managed code where that cannot be used.</summary>
internal static class DeflateCodec
{
    public static ICodec Create() => ZlibNative.IsUsable ? new ZlibCodec() : new ManagedInflateCodec();
}
