using System.Globalization;
using System.Text;

namespace EtchStream.Balena;

/// <summary>A place in a JSON document as text that is fit for one line: <c>$.apps['my app'][0]</c>.</summary>
internal readonly record struct JsonPath(string Text)
{
    /// <summary>Names longer than this are cut: a path is for reading, and no name that is valid is longer.</summary>
    private const int MaxName = 255;

    public static JsonPath Root { get; } = new("$");

    public JsonPath Member(string name) => new(Text + (IsSimple(name) ? "." + name : $"['{Escape(name)}']"));

    public JsonPath Item(int index) => new($"{Text}[{index}]");

    public override string ToString() => Text;

    // A name may begin with a digit: half of all UUIDs and commits do, and $.apps.1234 is what people write.
    private static bool IsSimple(string name)
    {
        if (name.Length is 0 or > MaxName) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }

        return true;
    }

    /// <summary>Foreign text: what a terminal would obey, or would show as something else, becomes its escape.</summary>
    private static string Escape(string name)
    {
        var text = new StringBuilder();
        var length = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            length += rune.Utf16SequenceLength;
            if (length > MaxName) return text.Append('…').ToString();
            if (rune.Value is '\'' or '\\') text.Append('\\').Append((char)rune.Value);
            else if (IsPrintable(rune)) text.Append(rune);
            else foreach (var unit in rune.ToString()) text.Append($"\\u{(int)unit:x4}");
        }

        return text.ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
