using System.Buffers.Text;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tar;

/// <summary>Numbers as PAX records write them: decimal text.</summary>
internal static class PaxNumber
{
    /// <summary>Reads a whole number; a leading <c>-</c> is allowed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || !(char.IsAsciiDigit((char)text[^1]) && (text[0] == '-' || char.IsAsciiDigit((char)text[0])))) return false;
        return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }

    /// <summary>Reads seconds since the epoch with an optional fraction, of which nine digits count (rounded down, like GNU tar).</summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, out UnixTime time)
    {
        time = default;
        var dot = text.IndexOf((byte)'.');
        var whole = dot < 0 ? text : text[..dot];
        if (!TryParse(whole, out var seconds)) return false;

        var nanoseconds = 0;
        var inexact = false;
        var digits = 0;
        foreach (var b in dot < 0 ? default : text[(dot + 1)..])
        {
            if (!char.IsAsciiDigit((char)b)) return false;
            if (digits < 9) nanoseconds = (nanoseconds * 10) + (b - '0');
            else inexact |= b != '0';
            digits++;
        }

        for (; digits < 9; digits++) nanoseconds *= 10;

        if (whole[0] == '-')
        {
            // -1.25 is a quarter before -1: count forward from the second below.
            if (inexact) nanoseconds++;
            if (nanoseconds > 0)
            {
                if (seconds == long.MinValue) return false;
                seconds--;
                nanoseconds = 1_000_000_000 - nanoseconds;
            }
        }

        time = new UnixTime(seconds, nanoseconds);
        return true;
    }
}
