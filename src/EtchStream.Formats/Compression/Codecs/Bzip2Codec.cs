using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>bzip2 streams by libbz2. pbzip2 and <c>cat a.bz2 b.bz2</c> make several in a row.</summary>
internal sealed unsafe class Bzip2Codec : ICodec
{
    private readonly NativeState _state;

    public Bzip2Codec()
    {
        NativeLibraries.Require(NativeLibraries.Bzip2);
        _state = NativeState.Allocate(sizeof(Bzip2Native.BzStream), static state => Bzip2Native.DecompressEnd((Bzip2Native.BzStream*)state));
        Init();
    }

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => true;

    private Bzip2Native.BzStream* Stream => (Bzip2Native.BzStream*)_state.DangerousGetHandle();

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
            code = Bzip2Native.Decompress(stream);
            consumed = input.Length - (int)stream->AvailIn;
            written = output.Length - (int)stream->AvailOut;
            stream->NextIn = stream->NextOut = null;
        }

        GC.KeepAlive(_state);
        return code switch
        {
            Bzip2Native.StreamEnd => new CodecResult(CodecStatus.MemberEnd, consumed, written),
            Bzip2Native.Ok => new CodecResult(CodecStatus.Within, consumed, written),
            Bzip2Native.MemoryError => throw new IOException("libbz2 ran out of memory"),
            Bzip2Native.MagicError => CodecResult.Corrupt("no bzip2 header where one has to be; garbage, or a damaged stream", consumed, written),
            _ => CodecResult.Corrupt("its data is damaged", consumed, written),
        };
    }

    public void Reset()
    {
        _ = Bzip2Native.DecompressEnd(Stream);
        *Stream = default;
        Init();
    }

    public void Dispose() => _state.Dispose();

    private void Init()
    {
        var code = Bzip2Native.DecompressInit(Stream, 0, 0);
        GC.KeepAlive(_state);
        if (code != Bzip2Native.Ok) throw new IOException("libbz2 could not be started");
    }
}
