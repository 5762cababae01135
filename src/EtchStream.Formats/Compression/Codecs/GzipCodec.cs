using System.Buffers.Binary;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>
/// gzip members (RFC 1952): header, deflate data, CRC-32 and length. The framework's own GZipStream is of no use here: it takes
/// every truncation for a regular end, and drops what follows a damaged second member without a word.
/// </summary>
internal sealed class GzipCodec : ICodec
{
    private const int FlagText = 1, FlagHeaderCrc = 2, FlagExtra = 4, FlagName = 8, FlagComment = 16;
    private readonly ICodec _inflate = DeflateCodec.Create();
    private readonly HeaderBuffer _header = new();
    private State _state;
    private int _flags;
    private uint _headerCrc;
    private uint _crc;
    private uint _length;

    private enum State
    {
        Fixed,
        Extra,
        Name,
        Comment,
        HeaderCrc,
        Data,
        Trailer,
    }

    public bool AllowsZeroPadding => true;

    public bool AllowsMembers => true;

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        var all = input.Length;
        while (true)
        {
            if (_state == State.Data)
            {
                var result = _inflate.Decode(input, output, endOfInput);
                var consumed = all - input.Length + result.Consumed;
                _crc = Crc32.Compute(output[..result.Written], _crc);
                unchecked
                {
                    _length += (uint)result.Written;
                }

                if (result.Status == CodecStatus.Corrupt) return result with { Consumed = consumed };
                if (result.Status == CodecStatus.MemberEnd) Enter(State.Trailer);
                return new CodecResult(CodecStatus.Within, consumed, result.Written);
            }

            if (_state == State.Trailer)
            {
                if (!_header.Fill(ref input, 8)) return new CodecResult(CodecStatus.Within, all - input.Length, 0);
                if (BinaryPrimitives.ReadUInt32LittleEndian(_header.Bytes) != _crc) return CodecResult.Corrupt("its checksum is wrong", all - input.Length);
                return BinaryPrimitives.ReadUInt32LittleEndian(_header.Bytes[4..]) == _length
                    ? new CodecResult(CodecStatus.MemberEnd, all - input.Length, 0)
                    : CodecResult.Corrupt("its length is wrong", all - input.Length);
            }

            if (!ReadHeaderPart(ref input, out var problem)) return new CodecResult(CodecStatus.Within, all - input.Length, 0);
            if (problem is not null) return CodecResult.Corrupt(problem, all - input.Length);
        }
    }

    public void Reset()
    {
        _inflate.Reset();
        _crc = _length = _headerCrc = 0;
        Enter(State.Fixed);
    }

    public void Dispose() => _inflate.Dispose();

    private void Enter(State state)
    {
        _state = state;
        _header.Clear();
    }

    /// <summary>Reads one part of the header.</summary>
    /// <returns>False when there is not enough input for it yet.</returns>
    private bool ReadHeaderPart(ref ReadOnlySpan<byte> input, out string? problem)
    {
        problem = null;
        switch (_state)
        {
            case State.Fixed:
                if (!_header.Fill(ref input, 10)) return false;
                var fixedPart = _header.Bytes;
                _flags = fixedPart[3];
                if (fixedPart[0] != 0x1F || fixedPart[1] != 0x8B) problem = "no gzip header where one has to be; garbage, or a damaged member";
                else if (fixedPart[2] != 8) problem = $"the compression method {fixedPart[2]} does not exist";
                else if ((_flags & ~(FlagText | FlagHeaderCrc | FlagExtra | FlagName | FlagComment)) != 0) problem = "reserved flags are set in its header";
                _headerCrc = Crc32.Compute(fixedPart);
                Enter(State.Extra);
                return true;

            case State.Extra:
                if ((_flags & FlagExtra) != 0)
                {
                    if (!_header.Fill(ref input, 2)) return false;
                    if (!_header.Fill(ref input, 2 + BinaryPrimitives.ReadUInt16LittleEndian(_header.Bytes))) return false;
                    _headerCrc = Crc32.Compute(_header.Bytes, _headerCrc);
                }

                Enter(State.Name);
                return true;

            case State.Name:
                if ((_flags & FlagName) != 0 && !SkipText(ref input)) return false;
                Enter(State.Comment);
                return true;

            case State.Comment:
                if ((_flags & FlagComment) != 0 && !SkipText(ref input)) return false;
                Enter(State.HeaderCrc);
                return true;

            default:
                if ((_flags & FlagHeaderCrc) != 0)
                {
                    if (!_header.Fill(ref input, 2)) return false;
                    if (BinaryPrimitives.ReadUInt16LittleEndian(_header.Bytes) != (_headerCrc & 0xFFFF)) problem = "the checksum of its header is wrong";
                }

                Enter(State.Data);
                return true;
        }
    }

    private bool SkipText(ref ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)0);
        var count = end < 0 ? input.Length : end + 1;
        _headerCrc = Crc32.Compute(input[..count], _headerCrc);
        input = input[count..];
        return end >= 0;
    }
}
