using CommandLine;
using CommandLine.Text;

namespace EtchStream.Cli;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpScreen
{
    /// <summary>The help for the verb at hand, or the list of verbs.</summary>
    public static string Build(ParserResult<object> result)
    {
        var help = HelpText.AutoBuild(
            result,
            text =>
            {
                text.Heading = "etchstream: disk images and files for their partitions, in one stream";
                text.Copyright = "";
                text.AdditionalNewLineAfterOption = false;
                text.AddDashesToOption = true;
                text.AutoVersion = true;
                text.AddPostOptionsText($"Exit codes: {string.Join("; ", ExitCode.Meanings.Select(m => $"{m.Code} {m.Meaning}"))}.");
                return text;
            },
            example => example,
            verbsIndex: true,
            maxDisplayWidth: 110);
        return help.ToString();
    }
}
