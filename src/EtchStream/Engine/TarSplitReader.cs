using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using EtchStream.Formats;
using EtchStream.Formats.Compression;

namespace EtchStream.Engine;

/// <summary>
/// Reads a layer's <c>tar-split.json.gz</c> record by record: JSON lines, gzip around them. Memory is bounded by the longest line.
/// </summary>
/// <remarks>Source: vbatts/tar-split, <c>tar/storage</c>: type 1 is a file, 2 a segment; numbers count from 0.</remarks>
internal sealed class TarSplitReader : IDisposable
{
    /// <summary>The longest line in bytes: what an engine puts into one segment has a few KiB, and a whole tar's padding seldom more than some MiB.</summary>
    public const int MaxLine = 128 << 20;

    private const int FirstBuffer = 64 * 1024;
    private const int FileType = 1;
    private const int SegmentType = 2;
    private const int ChecksumLength = 8;

    private readonly Stream _lines;
    private readonly string _name;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private long _position;

    /// <summary>Begins to read.</summary>
    /// <param name="compressed">The file; it is disposed with the reader.</param>
    /// <param name="name">What messages call it.</param>
    public TarSplitReader(Stream compressed, string name)
    {
        _lines = Decoders.Default.Open(CompressionFormat.Gzip, compressed);
        _name = name;
    }

    /// <summary>Reads the next record.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="CorruptFormatException">The file is truncated, or not what it should be.</exception>
    /// <exception cref="UnsupportedFormatException">A line is longer than <see cref="MaxLine"/>.</exception>
    public TarSplitRecord? Read()
    {
        try
        {
            while (ReadLine() is { } line)
            {
                // Go's decoder passes over white space between values.
                if (!line.Span.Trim(" \t\r"u8).IsEmpty) return Parse(line.Span);
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw Corrupt("is not JSON as an engine writes it", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private ReadOnlyMemory<byte>? ReadLine()
    {
        var searched = 0;
        while (true)
        {
            var pending = _buffer.AsMemory(_start, _end - _start);
            var newLine = pending.Span[searched..].IndexOf((byte)'\n');
            if (newLine >= 0)
            {
                _start += searched + newLine + 1;
                return pending[..(searched + newLine)];
            }

            searched = pending.Length;
            MakeRoom();
            int count;
            try
            {
                count = _lines.Read(_buffer.AsSpan(_end));
            }
            catch (CorruptFormatException e)
            {
                throw new CorruptFormatException($"{_name}: {e.Structure}", e.Offset, e.Problem, e);
            }

            _end += count;
            if (count > 0) continue;
            if (searched == 0) return null;
            _start = _end;
            return _buffer.AsMemory(_end - searched, searched);
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        var length = _end - _start;
        if (length >= MaxLine) throw new UnsupportedFormatException("tar-split", $"{_name}: its record {_position} is longer than {MaxLine >> 20} MiB");
        var target = _start > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(_start, length).CopyTo(target);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _start = 0;
        _end = length;
    }

    private TarSplitRecord Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        int type = 0;
        long position = -1, size = 0;
        byte[]? name = null, rawName = null, payload = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Corrupt("is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "type":
                    type = reader.GetInt32();
                    break;
                case "position":
                    position = reader.GetInt64();
                    break;
                case "size":
                    size = reader.GetInt64();
                    break;
                case "name":
                    name = reader.TokenType == JsonTokenType.Null ? null : Unescape(ref reader);
                    break;
                case "name_raw":
                    rawName = reader.TokenType == JsonTokenType.Null ? null : reader.GetBytesFromBase64();
                    break;
                case "payload":
                    payload = reader.TokenType == JsonTokenType.Null ? null : reader.GetBytesFromBase64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // Throws where something follows.
        reader.Read();
        if (position != _position) throw Corrupt($"says that it is number {position}");
        if (size < 0) throw Corrupt($"has a size of {size} bytes");
        var record = type switch
        {
            SegmentType => new TarSplitRecord { Segment = payload ?? [] },
            FileType when (name ?? rawName) is { } file => new TarSplitRecord { Name = rawName ?? file, Size = size, Checksum = ChecksumOf(payload, size) },
            FileType => throw Corrupt("has no name"),
            _ => throw Corrupt($"is of the type {type}, which is none"),
        };
        _position++;
        return record;
    }

    private ulong? ChecksumOf(byte[]? payload, long size)
    {
        if (size == 0 || payload is null) return null;
        return payload.Length == ChecksumLength ? BinaryPrimitives.ReadUInt64BigEndian(payload) : throw Corrupt($"has a checksum of {payload.Length} bytes");
    }

    // Not by way of a string: what is no UTF-16 would be lost.
    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        var text = new byte[reader.ValueSpan.Length];
        return text[..reader.CopyString(text)];
    }

    private CorruptFormatException Corrupt(string problem, Exception? inner = null) => new(_name, -1, $"record {_position} {problem}", inner);
}
