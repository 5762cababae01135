using System.Globalization;
using System.Text;

namespace EtchStream.Cli.Output;

/// <summary>Text for people.</summary>
internal static class Text
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>
    /// One line, whatever is in it: names come from archives and may hold line feeds, or sequences that a terminal would obey.
    /// </summary>
    public static string OneLine(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var line = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (IsUnsafe(c)) line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            else line.Append(c);
        }

        return line.ToString();
    }

    /// <summary>A count of bytes in the unit that leaves few digits.</summary>
    public static string Bytes(long count)
    {
        double value = count;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{count} B" : $"{value:0.0} {Units[unit]}";
    }

    /// <summary>A number of things: <c>1 layer</c>, <c>3 layers</c>.</summary>
    public static string Count(long number, string one, string? many = null) => number == 1 ? $"1 {one}" : $"{number} {many ?? one + "s"}";

    /// <summary>A time in the two units that matter: <c>8 s</c>, <c>1 min 5 s</c>, <c>2 h 3 min</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time.TotalSeconds is > 0 and < 0.05) return "less than 0.1 s";
        if (time.TotalSeconds < 9.95) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole switch
        {
            { TotalMinutes: < 1 } => $"{whole.Seconds} s",
            { TotalHours: < 1 } => $"{whole.Minutes} min {whole.Seconds} s",
            { TotalDays: < 1 } => $"{whole.Hours} h {whole.Minutes} min",
            _ => $"{(int)whole.TotalDays} d {whole.Hours} h",
        };
    }

    // Marks that turn the writing direction, or that nobody sees, could make a terminal show another name than the one that is meant.
    private static bool IsUnsafe(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
