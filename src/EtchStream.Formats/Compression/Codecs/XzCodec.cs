using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>xz streams, one or more with padding between, by liblzma. It takes all of them for one.</summary>
internal sealed unsafe class XzCodec : ICodec
{
    /// <summary>Bytes that the decoder may use. <c>xz -9</c> needs 65 MiB; a forged dictionary size could ask for 4 GiB.</summary>
    public const ulong MemoryLimit = 256UL * 1024 * 1024;

    private readonly NativeState _state;

    public XzCodec()
    {
        NativeLibraries.Require(NativeLibraries.Lzma);
        _state = NativeState.Allocate(sizeof(LzmaNative.LzmaStream), static state => LzmaNative.End((LzmaNative.LzmaStream*)state));
        var code = LzmaNative.StreamDecoder(Stream, MemoryLimit, LzmaNative.Concatenated | LzmaNative.TellUnsupportedCheck);
        if (code == LzmaNative.Ok) return;
        _state.Dispose();
        throw new IOException("liblzma could not be started");
    }

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => false;

    private LzmaNative.LzmaStream* Stream => (LzmaNative.LzmaStream*)_state.DangerousGetHandle();

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        ObjectDisposedException.ThrowIf(_state.IsClosed, this);
        var stream = Stream;
        int code, consumed, written;
        fixed (byte* source = input, destination = output)
        {
            stream->NextIn = source;
            stream->AvailIn = (nuint)input.Length;
            stream->NextOut = destination;
            stream->AvailOut = (nuint)output.Length;
            code = LzmaNative.Code(stream, endOfInput ? LzmaNative.Finish : LzmaNative.Run);
            consumed = input.Length - (int)stream->AvailIn;
            written = output.Length - (int)stream->AvailOut;
            stream->NextIn = stream->NextOut = null;
        }

        GC.KeepAlive(_state);
        switch (code)
        {
            case LzmaNative.StreamEnd:
                return new CodecResult(CodecStatus.MemberEnd, consumed, written);
            case LzmaNative.Ok or LzmaNative.BufferError:
                return new CodecResult(CodecStatus.Within, consumed, written);
            case LzmaNative.MemoryLimitError:
                var needed = LzmaNative.MemoryUsage(stream) >> 20;
                throw new UnsupportedFormatException("xz dictionary size", $"this xz stream needs {needed} MiB to be decompressed, more than the {MemoryLimit >> 20} MiB that are allowed; recompress it with xz -9 or lower");
            case LzmaNative.UnsupportedCheck:
                throw new UnsupportedFormatException("xz integrity check", "this xz stream has a kind of checksum that the system's liblzma does not know; recompress it with xz --check=crc64");
            case LzmaNative.OptionsError:
                throw new UnsupportedFormatException("xz filter", "this xz stream uses a filter or option that the system's liblzma does not know");
            case LzmaNative.MemoryError:
                throw new IOException("liblzma ran out of memory");
            case LzmaNative.FormatError:
                return CodecResult.Corrupt("no xz header where one has to be; garbage, or a damaged stream", consumed, written);
            default:
                return CodecResult.Corrupt("its data is damaged", consumed, written);
        }
    }

    public void Reset() => throw new InvalidOperationException("liblzma reads all streams of an xz file as one");

    public void Dispose() => _state.Dispose();
}
