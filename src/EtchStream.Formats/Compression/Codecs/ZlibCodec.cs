using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Raw deflate data (RFC 1951) by .NET's zlib.</summary>
internal sealed unsafe class ZlibCodec : ICodec
{
    private readonly NativeState _state;

    public ZlibCodec()
    {
        _state = NativeState.Allocate(ZlibNative.StreamSize, static state => ZlibNative.InflateEnd((ZlibNative.ZStream*)state));
        if (ZlibNative.InflateInit(Stream) == ZlibNative.Ok) return;
        _state.Dispose();
        throw new IOException("a decompressor could not be created");
    }

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => true;

    private ZlibNative.ZStream* Stream => (ZlibNative.ZStream*)_state.DangerousGetHandle();

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        ObjectDisposedException.ThrowIf(_state.IsClosed, this);
        var stream = Stream;
        int code, consumed, written;
        fixed (byte* source = input, destination = output)
        {
            stream->NextIn = source;
            stream->AvailIn = (uint)input.Length;
            stream->NextOut = destination;
            stream->AvailOut = (uint)output.Length;
            code = ZlibNative.Inflate(stream, ZlibNative.NoFlush);
            consumed = input.Length - (int)stream->AvailIn;
            written = output.Length - (int)stream->AvailOut;
            stream->NextIn = stream->NextOut = null;
        }

        GC.KeepAlive(_state);
        return code switch
        {
            ZlibNative.StreamEnd => new CodecResult(CodecStatus.MemberEnd, consumed, written),
            ZlibNative.Ok or ZlibNative.BufferError => new CodecResult(CodecStatus.Within, consumed, written),
            ZlibNative.MemoryError => throw new IOException("zlib ran out of memory"),
            _ => CodecResult.Corrupt("its deflate data is damaged", consumed, written),
        };
    }

    public void Reset()
    {
        _ = ZlibNative.InflateReset(Stream);
        GC.KeepAlive(_state);
    }

    public void Dispose() => _state.Dispose();
}
