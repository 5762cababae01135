using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;

namespace EtchStream.Pack.Layers;

/// <summary>
/// Writes a layer's <c>tar-split.json.gz</c>, from which an engine rebuilds the layer's tar, byte for byte, for a push, a save or a
/// delta update: JSON lines, of which a <em>segment</em> holds raw bytes of the tar and a <em>file</em> stands for the content of a file
/// in the layer's <c>diff</c> folder.
/// </summary>
/// <remarks>
/// What is kept in memory is the compressed result, some fifty bytes a file: its length stands in a header before it. The text is what
/// Go's JSON encoder writes, so that it can be compared with an engine's own.
/// </remarks>
internal sealed class TarSplitWriter : IDisposable
{
    /// <summary>The longest result in bytes. A layer of some millions of files stays below it.</summary>
    public const int MaxLength = 256 << 20;

    private const int SegmentType = 2;
    private const int FileType = 1;

    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly ChunkedMemory _compressed = new();
    private readonly Stream _gzip;
    private long _position;

    public TarSplitWriter() => _gzip = Encoders.PortableGzip.OpenEncoder(_compressed, leaveOpen: true);

    /// <summary>Adds raw bytes of the tar; nothing where both are empty.</summary>
    public void AddSegment(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        if (first.Length + second.Length > 0) AddRaw(first, second);
    }

    /// <summary>Adds what follows the tar's end; engines write such a segment even where nothing follows.</summary>
    public void AddTail(ReadOnlySpan<byte> raw) => AddRaw(raw, default);

    private void AddRaw(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        var raw = ArrayPool<byte>.Shared.Rent(length);
        first.CopyTo(raw);
        second.CopyTo(raw.AsSpan(first.Length));
        Begin(SegmentType);
        AddPayload(raw.AsSpan(0, length));
        End();
        ArrayPool<byte>.Shared.Return(raw);
    }

    /// <summary>Adds a member whose content is read back from the <c>diff</c> folder.</summary>
    /// <param name="name">Its path there.</param>
    /// <param name="size">Bytes of content; 0 also for what has none.</param>
    /// <param name="crc">The content's <see cref="Engine.Crc64"/>; not used for size 0.</param>
    public void AddFile(ReadOnlySpan<byte> name, long size, ulong crc)
    {
        Begin(FileType);
        AddName(name);
        if (size > 0)
        {
            Append(",\"size\":"u8);
            AppendNumber(size);
            Span<byte> sum = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(sum, crc);
            AddPayload(sum);
        }
        else
        {
            Append(",\"payload\":null"u8);
        }

        End();
    }

    /// <summary>Ends the file and gives its bytes.</summary>
    public ChunkedMemory Finish()
    {
        _gzip.Dispose();
        return _compressed;
    }

    public void Dispose() => _gzip.Dispose();

    private void Begin(int type)
    {
        _line.ResetWrittenCount();
        Append("{\"type\":"u8);
        AppendNumber(type);
    }

    private void End()
    {
        Append(",\"position\":"u8);
        AppendNumber(_position++);
        Append("}\n"u8);
        _gzip.Write(_line.WrittenSpan);
        if (_compressed.Length > MaxLength)
        {
            throw new UnsupportedFormatException(
                "layer that cannot be described",
                $"what is needed to rebuild the layer's tar takes more than {MaxLength >> 20} MiB: it has too many files, or too many bytes beside them");
        }
    }

    private void AddPayload(ReadOnlySpan<byte> raw)
    {
        Append(",\"payload\":\""u8);
        var text = _line.GetSpan(Base64.GetMaxEncodedToUtf8Length(raw.Length));
        Base64.EncodeToUtf8(raw, text, out _, out var written);
        _line.Advance(written);
        Append("\""u8);
    }

    private void AddName(ReadOnlySpan<byte> name)
    {
        if (!Utf8.IsValid(name))
        {
            Append(",\"name_raw\":\""u8);
            var text = _line.GetSpan(Base64.GetMaxEncodedToUtf8Length(name.Length));
            Base64.EncodeToUtf8(name, text, out _, out var written);
            _line.Advance(written);
            Append("\""u8);
            return;
        }

        Append(",\"name\":\""u8);
        AppendEscaped(name);
        Append("\""u8);
    }

    // Go escapes what could end a script element of HTML, and the two line ends that JavaScript's old grammar did not allow.
    private void AppendEscaped(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Special);
            if (plain < 0) plain = text.Length;
            Append(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty) return;
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            switch (rune.Value)
            {
                case '"':
                    Append("\\\""u8);
                    break;
                case '\\':
                    Append("\\\\"u8);
                    break;
                case '\n':
                    Append("\\n"u8);
                    break;
                case '\r':
                    Append("\\r"u8);
                    break;
                case '\t':
                    Append("\\t"u8);
                    break;
                case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                    Append(Encoding.ASCII.GetBytes($"\\u{rune.Value:x4}"));
                    break;
                default:
                    Append(text[..used]);
                    break;
            }

            text = text[used..];
        }
    }

    // 0xE2 begins U+2028 and U+2029, and much else.
    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\', (byte)'<', (byte)'>', (byte)'&', 0xE2]);

    private void Append(ReadOnlySpan<byte> text) => _line.Write(text);

    private void AppendNumber(long value)
    {
        Utf8Formatter.TryFormat(value, _line.GetSpan(20), out var written);
        _line.Advance(written);
    }
}
