using System.Buffers;
using System.Text;

namespace EtchStream.Engine;

/// <summary>Text as Go's <c>encoding/json</c> writes it, so that a file does not change when the engine writes it anew.</summary>
internal static class GoJson
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\"\\<>&\u2028\u2029\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>Writes a string with its quotes.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="text">Well-formed UTF-16.</param>
    public static void WriteString(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var plain = rest.IndexOfAny(Escaped);
            if (plain < 0) plain = rest.Length;
            Encoding.UTF8.GetBytes(rest[..plain], output);
            rest = rest[plain..];
            if (rest.IsEmpty) break;
            Encoding.UTF8.GetBytes(Escape(rest[0]), output);
            rest = rest[1..];
        }

        output.Write("\""u8);
    }

    // HTML's own characters and the two line separators of JavaScript count as unsafe there.
    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)c:x4}",
    };
}
