using System.Text;

namespace EtchStream.Inspect.Text;

/// <summary>Lines and tables of text that may hold anything.</summary>
internal static class TextTable
{
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
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                // Nothing stands behind the last column, whose longest cell may be very long.
                line.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + 2));
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    // Labels and names come from the file: nothing in them may steer a terminal, or look like another line.
    private static string Printable(string text) => text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? (c <= '\xff' ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}") : c.ToString())) : text;

    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
