using System.Buffers.Binary;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>
/// A zip archive with one file (APPNOTE 6.3.10, chapter 4), read from front to back: the local header, its data (stored or
/// deflated), the data descriptor, then the central directory up to the last byte, which is checked against what was read.
/// Entries for folders, which hold nothing, may be there too.
/// </summary>
internal sealed class ZipCodec : ICodec
{
    private const uint LocalHeader = 0x04034B50, Descriptor = 0x08074B50, CentralHeader = 0x02014B50, EndRecord = 0x06054B50;
    private const uint Zip64End = 0x06064B50, Zip64Locator = 0x07064B50;
    private const int FlagEncrypted = 1, FlagDescriptor = 8, FlagPatch = 0x20;

    private readonly ICodec _inflate = DeflateCodec.Create();
    private readonly HeaderBuffer _header = new();
    private State _state;
    private ZipEntryHeader _entry;
    private bool _hasFile;
    private uint _crc;
    private ulong _compressed;
    private ulong _length;
    private uint _fileCrc;
    private ulong _fileLength;
    private ulong _localCount;
    private ulong _centralCount;

    private enum State
    {
        Record,
        Deflated,
        Stored,
        Descriptor,
    }

    public bool AllowsZeroPadding => false;

    public bool AllowsMembers => false;

    public CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        if (_state is State.Deflated or State.Stored) return DecodeData(input, output, endOfInput);

        var rest = input;
        string? problem = null;
        var isEnd = false;
        while (_state is State.Record or State.Descriptor && problem is null && !isEnd)
        {
            var isComplete = _state == State.Record ? ReadRecord(ref rest, out problem, out isEnd) : ReadDescriptor(ref rest, out problem);
            if (!isComplete) break;
        }

        var consumed = input.Length - rest.Length;
        if (problem is not null) return CodecResult.Corrupt(problem, consumed);
        return new CodecResult(isEnd ? CodecStatus.MemberEnd : CodecStatus.Within, consumed, 0);
    }

    public void Reset() => throw new InvalidOperationException("a zip archive has one central directory");

    public void Dispose() => _inflate.Dispose();

    private CodecResult DecodeData(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput)
    {
        CodecResult result;
        if (_state == State.Deflated)
        {
            result = _inflate.Decode(input, output, endOfInput);
        }
        else
        {
            var count = (int)Math.Min((ulong)Math.Min(input.Length, output.Length), _entry.CompressedSize - _compressed);
            input[..count].CopyTo(output);
            result = new CodecResult(_compressed + (ulong)count == _entry.CompressedSize ? CodecStatus.MemberEnd : CodecStatus.Within, count, count);
        }

        if (result.Status == CodecStatus.Corrupt) return result;
        _crc = Crc32.Compute(output[..result.Written], _crc);
        _length += (ulong)result.Written;
        unchecked
        {
            _compressed += (ulong)result.Consumed;
        }

        if (result.Status == CodecStatus.MemberEnd)
        {
            _header.Clear();
            if ((_entry.Flags & FlagDescriptor) != 0) _state = State.Descriptor;
            else if (EndData(_entry.Crc, _entry.CompressedSize, _entry.Length) is { } problem) return CodecResult.Corrupt(problem, result.Consumed, result.Written);
        }

        return result with { Status = CodecStatus.Within };
    }

    /// <summary>Checks the data that was read against its header or descriptor.</summary>
    private string? EndData(uint crc, ulong compressed, ulong length)
    {
        _header.Clear();
        _state = State.Record;
        _fileCrc = _crc;
        _fileLength = _length;
        if (crc != _crc) return "its checksum is wrong";
        return compressed == _compressed && length == _length ? null : "its length is wrong";
    }

    private bool ReadDescriptor(ref ReadOnlySpan<byte> input, out string? problem)
    {
        problem = null;

        // The signature is optional, and the sizes have eight bytes in a zip64 entry (4.3.9).
        if (!_header.Fill(ref input, 4)) return false;
        var at = BinaryPrimitives.ReadUInt32LittleEndian(_header.Bytes) == Descriptor ? 4 : 0;
        var width = _entry.IsZip64 ? 8 : 4;
        if (!_header.Fill(ref input, at + 4 + (2 * width))) return false;
        var bytes = _header.Bytes[at..];
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var compressed = _entry.IsZip64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var length = _entry.IsZip64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        problem = EndData(crc, compressed, length);
        return true;
    }

    private bool ReadRecord(ref ReadOnlySpan<byte> input, out string? problem, out bool isEnd)
    {
        problem = null;
        isEnd = false;
        if (!_header.Fill(ref input, 4)) return false;
        switch (BinaryPrimitives.ReadUInt32LittleEndian(_header.Bytes))
        {
            case LocalHeader when _centralCount == 0:
                if (!_header.Fill(ref input, 30)) return false;
                if (!_header.Fill(ref input, 30 + U16(26) + U16(28))) return false;
                problem = StartEntry();
                return true;

            case CentralHeader:
                if (!_header.Fill(ref input, 46)) return false;
                if (!_header.Fill(ref input, 46 + U16(28) + U16(30) + U16(32))) return false;
                problem = CheckCentral();
                _header.Clear();
                return true;

            case Zip64End:
                if (!_header.Fill(ref input, 56)) return false;
                var size = BinaryPrimitives.ReadUInt64LittleEndian(_header.Bytes[4..]);
                if (size is < 44 or > 64 * 1024) problem = "its zip64 end record is damaged";
                else if (!_header.Fill(ref input, 12 + (int)size)) return false;
                _header.Clear();
                return true;

            case Zip64Locator:
                if (!_header.Fill(ref input, 20)) return false;
                _header.Clear();
                return true;

            case EndRecord:
                if (!_header.Fill(ref input, 22)) return false;
                if (!_header.Fill(ref input, 22 + U16(20))) return false;
                if (!_hasFile) problem = "it holds no file";
                else if (_centralCount != _localCount || (ulong)U16(10) != (_localCount & 0xFFFF)) problem = "its central directory lists other files than it holds";
                isEnd = true;
                return true;

            default:
                problem = "no zip header where one has to be";
                return true;
        }
    }

    private string? StartEntry()
    {
        _entry = ZipEntryHeader.Read(_header.Bytes, out var problem);
        if (problem is not null) return problem;
        _localCount++;
        if ((_entry.Flags & FlagEncrypted) != 0) throw new UnsupportedFormatException("zip encryption", "the zip archive is encrypted; unpack it first");
        if ((_entry.Flags & FlagPatch) != 0) throw new UnsupportedFormatException("zip patch data", "the zip archive holds patch data");
        if (_entry.IsFolder)
        {
            _header.Clear();
            return _entry.CompressedSize == 0 && (_entry.Flags & FlagDescriptor) == 0 ? null : "a folder in it has data";
        }

        if (_hasFile) throw new UnsupportedFormatException("zip with several files", "the zip archive holds more than one file; unpack it and name the image in it");
        _hasFile = true;
        _state = _entry.Method switch
        {
            0 when (_entry.Flags & FlagDescriptor) == 0 => State.Stored,
            0 => throw new UnsupportedFormatException("stored zip entry of unknown length", "the zip archive does not say where its stored file ends; unpack it first"),
            8 => State.Deflated,
            _ => throw new UnsupportedFormatException($"zip method {_entry.Method}", $"the zip archive is compressed with method {_entry.Method}, only stored and deflate are known; unpack it first"),
        };
        _header.Clear();
        return null;
    }

    private string? CheckCentral()
    {
        _centralCount++;
        if (U16(28) > 0 && _header.Bytes[46 + U16(28) - 1] == (byte)'/') return null;
        if (!_hasFile) return "its central directory lists a file that it does not hold";
        if (U32(16) != _fileCrc) return "the checksum in its central directory is wrong";

        // All ones stand for a number in the zip64 field, which was checked in the local header or descriptor.
        var length = U32(24);
        return length == uint.MaxValue || length == _fileLength ? null : "the length in its central directory is wrong";
    }

    private int U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_header.Bytes[offset..]);

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_header.Bytes[offset..]);
}
