using System.Buffers;

namespace EtchStream.Balena;

/// <summary>
/// The kinds of names that the supervisor knows, with the rule as text (balena-supervisor 19.0.5, src/types/basic.ts).
/// Lengths are in UTF-16 units, as JavaScript counts.
/// </summary>
internal sealed class SupervisorNames
{
    /// <summary>The longest short text: names, commits, image references.</summary>
    public const int MaxLength = 255;

    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    // Printable ASCII without space, quotes and backtick.
    private const string LabelCharacters = "!#$%&()*+,-./:;<=>?@[\\]^_{|}~" + Letters + Digits;

    public static readonly SupervisorNames Environment = new("an environment variable's name", "^[a-zA-Z_][a-zA-Z0-9_]*$", Letters + "_", Letters + Digits + "_");
    public static readonly SupervisorNames Config = new("a configuration variable's name", "^[a-zA-Z_][a-zA-Z0-9_:]*$", Letters + "_", Letters + Digits + "_:");
    public static readonly SupervisorNames Label = new("a label's name", "^[!#-&(-_a-~]+$", LabelCharacters, LabelCharacters);
    public static readonly SupervisorNames Docker = new("the name of a service, volume or network", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", Letters + Digits, Letters + Digits + "_.-");

    /// <summary>Label names before 14.2.11 (its commit 91f93952).</summary>
    public static readonly SupervisorNames OldLabel = new("", "", Letters, Letters + Digits + ".-");

    private readonly SearchValues<char> _first;
    private readonly SearchValues<char> _others;

    private SupervisorNames(string what, string pattern, string first, string others)
    {
        Rule = $"{what} has to match {pattern} and to have at most {MaxLength} characters";
        _first = SearchValues.Create(first);
        _others = SearchValues.Create(others);
    }

    /// <summary>What a name of this kind has to be.</summary>
    public string Rule { get; }

    /// <summary>Whether a name is of this kind.</summary>
    public bool Allow(string name) => name.Length is > 0 and <= MaxLength && _first.Contains(name[0]) && !name.AsSpan().ContainsAnyExcept(_others);
}
