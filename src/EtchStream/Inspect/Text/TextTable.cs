using System.Globalization;
using System.Text;

namespace EtchStream.Inspect.Text;

/// <summary>Lines and tables of text that may hold anything.</summary>
internal static class TextTable
{
    // What is longer pushes the rest of its own row, and not of all rows: a name of megabytes would become as many in each of thousands.
    private const int WidestColumn = 100;

    /// <summary>Appends a line.</summary>
    public static void Line(StringBuilder text, string line) => text.Append(Printable(line)).Append('\n');

    /// <summary>Appends a table, its columns as wide as they have to be. The first row is its head.</summary>
    public static void Append(StringBuilder text, List<string[]> rows)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Printable(row[i]);
                widths[i] = Math.Max(widths[i], Math.Min(row[i].Length, WidestColumn));
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                // Nothing stands behind the last column, whose longest cell may be very long.
                line.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i]) + "  ");
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    /// <summary>Labels and names come from the file: nothing in them may steer a terminal, or look like another line.</summary>
    public static string Printable(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? (c <= '\xff' ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}") : c.ToString())) : text;

    // Nor turn the writing direction, or hide.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
