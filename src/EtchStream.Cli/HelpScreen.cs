using CommandLine;
using CommandLine.Text;

namespace EtchStream.Cli;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpScreen
{
    private const string ExitCodes =
        "Exit codes: 0 done; 1 failed; 2 wrong command line; 3 input corrupt, truncated or failing its digest; " +
        "4 format or feature not supported; 5 no space; 6 network or registry; 7 refused for safety; 130 interrupted.";

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
                text.AddPostOptionsText(ExitCodes);
                return text;
            },
            example => example,
            verbsIndex: true,
            maxDisplayWidth: 110);
        return help.ToString();
    }
}
