using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Raw deflate data (RFC 1951) by SharpZipLib, for where .NET's zlib cannot be used. Slower, but exact about where the data ends.</summary>
internal sealed class ManagedInflateCodec : ICodec
{
    private readonly Inflater _inflater = new(noHeader: true);
    private readonly byte[] _input = new byte[16 * 1024];
    private readonly byte[] _output = new byte[64 * 1024];
    private int _given;

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => true;

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        try
        {
            // The inflater keeps a reference to its input, so it only ever sees bytes of our own. A piece is reported as
            // consumed when it is used up; until then the caller shows it again, and it is not given twice.
            if (_inflater.IsNeedingInput && !input.IsEmpty)
            {
                _given = Math.Min(input.Length, _input.Length);
                input[.._given].CopyTo(_input);
                _inflater.SetInput(_input, 0, _given);
            }

            var written = _inflater.Inflate(_output, 0, Math.Min(output.Length, _output.Length));
            _output.AsSpan(0, written).CopyTo(output);
            var isFinished = _inflater.IsFinished;
            if (!isFinished && !_inflater.IsNeedingInput) return new CodecResult(CodecStatus.Within, 0, written);

            // The inflater looks a few bits ahead, at most four bytes. They may have come with the piece before this one, so
            // this number can be below zero.
            var consumed = isFinished ? _given - _inflater.RemainingInput : _given;
            _given = 0;
            return new CodecResult(isFinished ? CodecStatus.MemberEnd : CodecStatus.Within, consumed, written);
        }
        catch (Exception e) when (e is SharpZipBaseException or IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            return CodecResult.Corrupt("its deflate data is damaged");
        }
    }

    public void Reset()
    {
        _inflater.Reset();
        _given = 0;
    }

    public void Dispose()
    {
    }
}
