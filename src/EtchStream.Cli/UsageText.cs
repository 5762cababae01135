using CommandLine;
using EtchStream.Cli.Definitions;
using EtchStream.Formats;

namespace EtchStream.Cli;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageText
{
    /// <summary>The first of the parser's complaints that says something.</summary>
    /// <param name="errors">The complaints.</param>
    /// <param name="verbs">What there is, for words that are nearly right.</param>
    /// <param name="verb">The verb that was given, if it is one.</param>
    public static string Of(IReadOnlyList<Error> errors, IReadOnlyList<VerbDefinition> verbs, string? verb)
    {
        foreach (var error in errors)
        {
            if (Of(error) is { } text) return text + Suggestion(error, verbs, verb);
        }

        return "the command line cannot be understood";
    }

    private static string Suggestion(Error error, IReadOnlyList<VerbDefinition> verbs, string? verb)
    {
        var meant = error switch
        {
            BadVerbSelectedError bad => NearName.Of(bad.Token, verbs.Select(v => v.Name)),
            UnknownOptionError { Token.Length: > 1 } unknown => NearName.Of(unknown.Token, verbs.Where(v => v.Name == verb).SelectMany(v => v.Options).Select(o => o.Long)) is { } option ? "--" + option : null,
            _ => null,
        };
        return meant is null ? "" : $"; did you mean {meant}?";
    }

    private static string? Of(Error error) => error switch
    {
        NoVerbSelectedError => "no verb is given",
        BadVerbSelectedError bad => $"'{bad.Token}' is not a verb",
        UnknownOptionError unknown => $"unknown option '{Dashes(unknown.Token)}'",
        MissingRequiredOptionError { NameInfo.NameText: "" } => "an argument is missing",
        MissingRequiredOptionError missing => $"{Named(missing)} is missing",
        MissingValueOptionError missing => $"{Named(missing)} needs a value",
        RepeatedOptionError repeated => $"{Named(repeated)} is given twice",
        BadFormatConversionError bad => $"{Named(bad)}: the value is not of the right kind",
        BadFormatTokenError bad => $"'{bad.Token}' is not an option",
        SequenceOutOfRangeError range => $"{Named(range)}: too few or too many values",
        NamedError named => $"{Named(named)} cannot be taken",
        _ => null,
    };

    private static string Named(NamedError error) => error.NameInfo.LongName is { Length: > 0 } name ? "--" + name : Dashes(error.NameInfo.NameText);

    private static string Dashes(string name) => name.Length == 1 ? "-" + name : "--" + name;
}
