using System.Reflection;
using CommandLine;
using EtchStream.Cli.Verbs;

namespace EtchStream.Cli;

/// <summary>
/// What the parser lets pass in silence, since it has to let some options be given several times: an option for one value that has none
/// (<c>--apps --container x</c> would pack without the apps), and one that is given twice.
/// </summary>
internal static class ScalarOptions
{
    /// <summary>What is wrong; null where nothing is.</summary>
    /// <param name="arguments">The command line behind the verb.</param>
    /// <param name="verb">The verb's options.</param>
    public static string? Complaint(IReadOnlyList<string> arguments, CommonOptions verb)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var options = verb.GetType().GetProperties().Where(p => p.PropertyType == typeof(string)).Select(p => p.GetCustomAttribute<OptionAttribute>()).OfType<OptionAttribute>().ToList();
        for (var i = 0; i < arguments.Count && arguments[i] != "--"; i++)
        {
            if (options.Find(o => IsGiven(o, arguments[i])) is not { } option) continue;
            if (!seen.Add(option.LongName)) return $"--{option.LongName} is given twice";
            var hasValue = arguments[i] != "--" + option.LongName && arguments[i] != "-" + option.ShortName;
            if (!hasValue && (i + 1 == arguments.Count || arguments[i + 1] is ['-', _, ..])) return $"--{option.LongName} needs a value";
        }

        return null;
    }

    private static bool IsGiven(OptionAttribute option, string argument) =>
        argument == "--" + option.LongName
        || argument.StartsWith($"--{option.LongName}=", StringComparison.Ordinal)
        || (option.ShortName.Length > 0 && argument.StartsWith("-" + option.ShortName, StringComparison.Ordinal));
}
