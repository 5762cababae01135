using System.Buffers;
using System.Buffers.Text;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tar;

/// <summary>Collects the records of one extended header.</summary>
internal sealed class PaxRecordBuilder
{
    private readonly ArrayBufferWriter<byte> _records = new(1024);

    /// <summary>The records so far.</summary>
    public ReadOnlySpan<byte> Written => _records.WrittenSpan;

    /// <summary>Starts over.</summary>
    public void Clear() => _records.ResetWrittenCount();

    /// <summary>Adds a record whose keyword is <paramref name="key"/> followed by <paramref name="keyRest"/>.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> keyRest = default)
    {
        // The length counts its own digits: "98 " + 97 more bytes would be 100 long, which takes another digit.
        var body = key.Length + keyRest.Length + value.Length + 3;
        var length = body + DigitsOf(body);
        if (DigitsOf(length) > length - body) length++;

        AddNumber(length);
        _records.Write(" "u8);
        _records.Write(key);
        _records.Write(keyRest);
        _records.Write("="u8);
        _records.Write(value);
        _records.Write("\n"u8);
    }

    /// <summary>Adds a record with a decimal number.</summary>
    public void Add(ReadOnlySpan<byte> key, long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        Add(key, text[..length]);
    }

    /// <summary>Adds a record with a time: seconds, and a fraction as short as it can be.</summary>
    public void Add(ReadOnlySpan<byte> key, UnixTime time)
    {
        Span<byte> text = stackalloc byte[40];
        var length = 0;
        var (seconds, nanoseconds) = time;
        if (seconds < 0)
        {
            // Before the epoch the decimal fraction counts backward: 2 seconds before plus a quarter is -1.75.
            text[length++] = (byte)'-';
            if (nanoseconds > 0)
            {
                seconds++;
                nanoseconds = 1_000_000_000 - nanoseconds;
            }
        }

        var magnitude = seconds < 0 ? unchecked((ulong)-seconds) : (ulong)seconds;
        Utf8Formatter.TryFormat(magnitude, text[length..], out var digits);
        length += digits;
        if (nanoseconds > 0)
        {
            text[length++] = (byte)'.';
            Utf8Formatter.TryFormat(nanoseconds, text[length..], out _, new StandardFormat('D', 9));
            length += 9;
            while (text[length - 1] == '0') length--;
        }

        Add(key, text[..length]);
    }

    private void AddNumber(long value)
    {
        Utf8Formatter.TryFormat(value, _records.GetSpan(20), out var length);
        _records.Advance(length);
    }

    private static int DigitsOf(int value)
    {
        var digits = 1;
        while (value >= 10)
        {
            value /= 10;
            digits++;
        }

        return digits;
    }
}
