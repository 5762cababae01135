using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Zstandard frames, skippable ones among them, by libzstd.</summary>
internal sealed unsafe class ZstdCodec : ICodec
{
    /// <summary>The largest window, 2^27 bytes (128 MiB): the same limit as <c>zstd -d</c> has unless told otherwise.</summary>
    public const int WindowLogMax = 27;

    private readonly NativeState _state;
    private bool _withinFrame;

    public ZstdCodec()
    {
        NativeLibraries.Require(NativeLibraries.Zstd);
        _state = NativeState.Adopt(ZstdNative.CreateDecoder(), static context => ZstdNative.FreeDecoder(context));
        _ = ZstdNative.SetDecoderParameter(_state.DangerousGetHandle(), ZstdNative.DecoderWindowLogMax, WindowLogMax);
    }

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => true;

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        ObjectDisposedException.ThrowIf(_state.IsClosed, this);
        nuint code;
        int consumed, written;
        fixed (byte* source = input, destination = output)
        {
            var from = new ZstdNative.InBuffer { Source = source, Size = (nuint)input.Length };
            var to = new ZstdNative.OutBuffer { Destination = destination, Size = (nuint)output.Length };
            code = ZstdNative.Decompress(_state.DangerousGetHandle(), &to, &from);
            consumed = (int)from.Position;
            written = (int)to.Position;
        }

        GC.KeepAlive(_state);
        if (ZstdNative.IsError(code) != 0) return Failed(code, consumed, written);
        _withinFrame |= consumed > 0;
        if (code != 0 || !_withinFrame) return new CodecResult(CodecStatus.Within, consumed, written);
        _withinFrame = false;
        return new CodecResult(CodecStatus.MemberEnd, consumed, written);
    }

    // After a frame's end the context waits for the next frame by itself.
    public void Reset() => _withinFrame = false;

    public void Dispose() => _state.Dispose();

    private static CodecResult Failed(nuint code, int consumed, int written)
    {
        switch (ZstdNative.ErrorCode(code))
        {
            case ZstdNative.ErrorWindowTooLarge:
                throw new UnsupportedFormatException("zstd window size", $"this zstd stream needs a window of more than {1 << (WindowLogMax - 20)} MiB; recompress it with zstd --long={WindowLogMax} or without --long");
            case ZstdNative.ErrorFrameParameterUnsupported:
                throw new UnsupportedFormatException("zstd frame parameter", "this zstd stream uses a feature that the system's libzstd does not know");
            case ZstdNative.ErrorDictionaryWrong:
                throw new UnsupportedFormatException("zstd dictionary", "this zstd stream was made with a dictionary; recompress it without -D");
            case ZstdNative.ErrorMemoryAllocation:
                throw new IOException("libzstd ran out of memory");
            case ZstdNative.ErrorPrefixUnknown:
                return CodecResult.Corrupt("no zstd frame where one has to be; garbage, or a damaged frame", consumed, written);
            default:
                return CodecResult.Corrupt($"it is damaged ({ZstdNative.ErrorText(code)})", consumed, written);
        }
    }
}
