namespace EtchStream.Formats.Tar;

/// <summary>How extended attributes are spelled in PAX records.</summary>
internal static class PaxXattr
{
    /// <summary>Followed by the name; the value is raw. Written by star, GNU tar, bsdtar and container engines.</summary>
    public static ReadOnlySpan<byte> SchilyPrefix => "SCHILY.xattr."u8;

    /// <summary>Followed by the URL-encoded name; the value is base64. Written by libarchive.</summary>
    public static ReadOnlySpan<byte> LibarchivePrefix => "LIBARCHIVE.xattr."u8;

    /// <summary>Undoes GNU tar's escapes in a keyword: only <c>%3D</c> (=) and <c>%25</c> (%), as a keyword ends at the first equals sign.</summary>
    public static byte[] DecodeName(ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'%')) return name.ToArray();
        var result = new byte[name.Length];
        var length = 0;
        while (!name.IsEmpty)
        {
            var escape = name.StartsWith("%3D"u8) ? (byte)'=' : name.StartsWith("%25"u8) ? (byte)'%' : (byte)0;
            result[length++] = escape == 0 ? name[0] : escape;
            name = name[(escape == 0 ? 1 : 3)..];
        }

        return result[..length];
    }

    /// <summary>The reverse of <see cref="DecodeName"/>.</summary>
    public static byte[] EncodeName(ReadOnlySpan<byte> name)
    {
        if (name.IndexOfAny((byte)'%', (byte)'=') < 0) return name.ToArray();
        var result = new List<byte>(name.Length + 8);
        foreach (var b in name)
        {
            if (b == '%') result.AddRange("%25"u8);
            else if (b == '=') result.AddRange("%3D"u8);
            else result.Add(b);
        }

        return [.. result];
    }

    /// <summary>Undoes URL encoding; null where an escape is not two hexadecimal digits.</summary>
    public static byte[]? DecodeUrl(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result[length++] = text[i];
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2])) return null;
            result[length++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
            i += 2;
        }

        return result[..length];
    }

    /// <summary>Undoes base64, with or without the padding (libarchive writes none); null where a character is not of its alphabet.</summary>
    public static byte[]? DecodeBase64(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd((byte)'=');
        if (text.Length % 4 == 1) return null;
        var result = new byte[(int)((long)text.Length * 3 / 4)];
        int bits = 0, count = 0, length = 0;
        foreach (var b in text)
        {
            var digit = b switch
            {
                >= (byte)'A' and <= (byte)'Z' => b - 'A',
                >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
                >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
                (byte)'+' => 62,
                (byte)'/' => 63,
                _ => -1,
            };
            if (digit < 0) return null;
            bits = ((bits << 6) | digit) & 0xFFFF;
            count += 6;
            if (count < 8) continue;
            count -= 8;
            result[length++] = (byte)((bits >> count) & 0xFF);
        }

        return result;
    }

    private static int HexValue(byte b) => b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
}
