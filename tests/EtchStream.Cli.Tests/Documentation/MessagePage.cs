using System.Globalization;
using System.Text.RegularExpressions;
using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>docs/troubleshooting.md as it is written: the messages by exit code.</summary>
internal static partial class MessagePage
{
    /// <summary>Its path in the repository.</summary>
    public const string Path = "docs/troubleshooting.md";

    /// <summary>Each message, without <c>etchstream: </c>, with the exit code of its group, in order.</summary>
    public static IReadOnlyList<(string Message, int ExitCode)> Messages { get; } = Read();

    /// <summary>What a message looks like when it is produced.</summary>
    /// <remarks>N is a number, … any text, and the words in capitals stand for text without a space. A path in an image may stand behind its partition's colon.</remarks>
    public static Regex Pattern(string message) =>
        new("^etchstream: " + Placeholder().Replace(Regex.Escape(message), m => m.Value switch { "N" => "[0-9]+", "…" => ".+", _ => @"\S+" }) + "$", RegexOptions.CultureInvariant);

    private static List<(string, int)> Read()
    {
        List<(string, int)> messages = [];
        var code = -1;
        foreach (var line in File.ReadAllLines(Repository.File(Path)))
        {
            if (Heading().Match(line) is { Success: true } heading) code = int.Parse(heading.Groups[1].Value, CultureInfo.InvariantCulture);
            if (line.StartsWith("- ", StringComparison.Ordinal)) messages.Add((Message().Match(line) is { Success: true } m ? m.Groups[1].Value : throw new FormatException($"{Path}: not a message: {line}"), code));
        }

        return messages;
    }

    [GeneratedRegex("^## Exit code ([0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex("^- `etchstream: (.+)`$", RegexOptions.CultureInvariant)]
    private static partial Regex Message();

    // Not --inject PART:DEST=SRC and PART:/config.json=FILE, which the program prints as they are; a pattern takes them all the same.
    [GeneratedRegex(@"…|(?<![\w-])(N|FILE|FOLDER|DEVICE|URL|HOST|IMAGE|PART|PATH|OPTION|WORD|VERB|DIGEST)(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
