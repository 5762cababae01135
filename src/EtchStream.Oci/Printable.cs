using System.Text;

namespace EtchStream.Oci;

/// <summary>Makes foreign text fit for an error's one line: quoted, cut, without control characters that a terminal would obey.</summary>
internal static class Printable
{
    private const int MaxLength = 200;

    public static string Quote(string? text) => text is null ? "(nothing)" : $"\"{Clean(text)}\"";

    public static string Clean(string text)
    {
        var result = new StringBuilder(Math.Min(text.Length, MaxLength + 1));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
            result.Append(char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '\uFFFD' : c);
        if (text.Length > MaxLength) result.Append('…');
        return result.ToString();
    }
}
