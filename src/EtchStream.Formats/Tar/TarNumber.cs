namespace EtchStream.Formats.Tar;

/// <summary>The number fields of a header block: octal text, or base-256 where the first byte's top bit is set (GNU, also star and libarchive).</summary>
internal static class TarNumber
{
    /// <summary>Reads a field.</summary>
    /// <returns>False when it holds neither form, or a value that does not fit 64 bits.</returns>
    public static bool TryParse(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if (field[0] >= 0x80) return TryParseBase256(field, out value);

        // Old writers right-align with spaces; an empty field counts as zero (every reader does that).
        var i = 0;
        while (i < field.Length && field[i] == ' ') i++;
        while (i < field.Length && field[i] is >= (byte)'0' and <= (byte)'7')
        {
            // 12 bytes hold at most 36 bits, so that the shift cannot lose any.
            value = (value << 3) | (long)(field[i] & 7);
            i++;
        }

        // Behind the digits: nothing, or a terminator. What lies behind a NUL is nobody's (old tars left it dirty).
        while (i < field.Length && field[i] == ' ') i++;
        return i == field.Length || field[i] == 0;
    }

    private static bool TryParseBase256(ReadOnlySpan<byte> field, out long value)
    {
        // Two's complement over the whole field, big-endian, with the marker bit as if it were a copy of the sign bit below it.
        var negative = (field[0] & 0x40) != 0;
        var result = negative ? -1L : 0L;
        for (var i = 0; i < field.Length; i++)
        {
            var next = i == 0 ? (byte)(negative ? field[0] | 0x80 : field[0] & 0x7F) : field[i];
            if (result is > 0x7F_FFFF_FFFF_FFFF or < -0x80_0000_0000_0000)
            {
                value = 0;
                return false;
            }

            result = unchecked((result << 8) | next);
        }

        value = result;
        return true;
    }

    /// <summary>Writes an octal field: digits with leading zeros, closed by NUL. The value has been checked to fit.</summary>
    public static void WriteOctal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (int)(value & 7));
            value >>= 3;
        }
    }
}
