using System.Text;
using Spectre.Console;

namespace EtchStream.Cli.Display;

/// <summary>Text by the columns of a terminal that it takes: a character takes none, one or two, and none is cut in two.</summary>
internal static class TextColumns
{
    /// <summary>Columns that a text takes.</summary>
    public static int Of(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>As much of a text's beginning as goes into so many columns.</summary>
    public static string Head(string text, int columns)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            columns -= Width(rune);
            if (columns < 0) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>As much of a text's end as goes into so many columns.</summary>
    public static string Tail(string text, int columns)
    {
        var (left, start) = (Of(text), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            // Nor does it begin with a mark that belongs to the character before.
            if (left <= columns && (Width(rune) > 0 || start == 0)) break;
            left -= Width(rune);
            start += rune.Utf16SequenceLength;
        }

        return text[start..];
    }

    private static int Width(Rune rune) => Math.Max(0, rune.ToString().GetCellWidth());
}
