using CommandLine;

namespace EtchStream.Cli.Definitions;

/// <summary>An option of a verb.</summary>
/// <param name="Long">Its name, without dashes.</param>
/// <param name="Short">Its letter; null where it has none.</param>
/// <param name="Value">What its value stands for; null for a flag.</param>
/// <param name="Help">What it does.</param>
/// <param name="IsMany">Whether it can be given several times.</param>
internal sealed record OptionDefinition(string Long, char? Short, string? Value, string Help, bool IsMany)
{
    /// <summary>The words that the value can be; none where it is something else.</summary>
    public IReadOnlyList<string> Words => Value is not null && Value.Contains('|', StringComparison.Ordinal) ? [.. Value.Split('|').Where(w => w.Length > 0 && w.All(c => char.IsAsciiLetterLower(c)))] : [];

    /// <summary>Whether the value is, or ends with, a file's name.</summary>
    public bool IsFile => Value is not null && Words.Count == 0 && (Value.Contains("FILE", StringComparison.Ordinal) || Value.Contains("IMG", StringComparison.Ordinal) || Value.Contains("KEY", StringComparison.Ordinal) || Value.EndsWith("=SRC", StringComparison.Ordinal));

    /// <summary>Reads its attribute.</summary>
    public static OptionDefinition Of(OptionAttribute option, bool isFlag, bool isMany) =>
        new(option.LongName, option.ShortName.Length > 0 ? option.ShortName[0] : null, isFlag ? null : string.IsNullOrEmpty(option.MetaValue) ? "VALUE" : option.MetaValue, option.HelpText, isMany);
}
