using System.Text;

namespace EtchStream.Formats.Unix;

/// <summary>Names from archives and file systems, which are bytes, as text for messages: nothing in a hostile name can drive the terminal.</summary>
public static class PathText
{
    private const int MaxLength = 300;

    /// <summary>UTF-8 where it is valid; bytes that are not, control characters and backslashes as <c>\xNN</c>; long names cut in the middle.</summary>
    public static string Of(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder(path.Length);
        while (!path.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(path, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) && rune.Value != '\\' && !IsInvisible(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in path[..used]) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{b:x2}");
            }

            path = path[used..];
        }

        if (text.Length <= MaxLength) return text.ToString();
        return $"{text.ToString(0, MaxLength / 2)}…{text.ToString(text.Length - (MaxLength / 2), MaxLength / 2)}";
    }

    // Marks that turn the writing direction could make a terminal show another path than the one that is meant.
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.Format or
        System.Globalization.UnicodeCategory.LineSeparator or
        System.Globalization.UnicodeCategory.ParagraphSeparator;
}
