namespace EtchStream.Inspect.Text;

/// <summary>The characters that a disk is drawn with, each one column wide.</summary>
internal sealed record DiskGlyphs(char Used, char Free, char Unknown, char Gap, char Across, char Down, string Top, string Bottom, string Bracket, char Cut)
{
    /// <summary>For terminals that know Unicode.</summary>
    public static DiskGlyphs Unicode { get; } = new('█', '░', '▒', '·', '─', '│', "┌┬┐", "└┴┘", "├┤", '…');

    /// <summary>For all others.</summary>
    public static DiskGlyphs Ascii { get; } = new('#', '.', '?', ':', '-', '|', "+++", "+++", "||", '~');

    /// <summary>
    /// A label, one column a character: what is wider than that, or not a character by itself, becomes a question mark. The table below
    /// the drawing has the label as it is.
    /// </summary>
    public string Plain(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' || (this == Unicode && IsNarrowLetter(c)) ? c : '?'));

    // Latin, Greek, Cyrillic.
    private static bool IsNarrowLetter(char c) => c is >= '\u00a1' and <= '\u02ff' and not '\u00ad' or >= '\u0370' and <= '\u0482' or >= '\u048a' and <= '\u052f' && char.IsLetter(c);
}
