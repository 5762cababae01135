using System.Text;

namespace EtchStream.TestKit;

/// <summary>Shows bytes that may be any bytes, for messages.</summary>
public static class TreeText
{
    /// <summary>Text with everything but printable ASCII escaped; long text is cut in the middle.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        const int Limit = 160;
        if (bytes.Length <= Limit) return Escape(bytes);
        return $"{Escape(bytes[..(Limit / 2)])}…({bytes.Length} bytes)…{Escape(bytes[^(Limit / 2)..])}";
    }

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            if (b is >= 0x20 and < 0x7f and not (byte)'\\') text.Append((char)b);
            else text.Append('\\').Append('x').Append(b.ToString("x2"));
        }

        return text.ToString();
    }
}
