using System.Text.RegularExpressions;

namespace EtchStream.TestKit;

/// <summary>Reads what e2fsck prints.</summary>
public static partial class E2fsck
{
    /// <summary>All lines of a check but those that it prints for a clean file system; the exit code too if it is not 0.</summary>
    public static IReadOnlyList<string> Complaints(HostToolResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var lines = result.Output.Split('\n').Concat(result.Error.Split('\n'))
            .Where(line => line.Length > 0 && !Expected().IsMatch(line))
            .ToList();
        if (result.ExitCode != 0) lines.Add($"e2fsck exited with {result.ExitCode}");

        // No summary means that it never came to the end.
        else if (!result.Output.Split('\n').Any(line => Summary().IsMatch(line))) lines.Add("e2fsck printed no summary");
        return lines;
    }

    [GeneratedRegex(@"^(Pass 1: Checking inodes, blocks, and sizes|Pass 2: Checking directory structure|Pass 3: Checking directory connectivity|Pass 4: Checking reference counts|Pass 5: Checking group summary information|e2fsck \d[^ ]* \(.*\)|.*: \d+/\d+ files \([\d.]+% non-contiguous\), \d+/\d+ blocks)$", RegexOptions.None, 10_000)]
    private static partial Regex Expected();

    [GeneratedRegex(@": \d+/\d+ files \([\d.]+% non-contiguous\), \d+/\d+ blocks$", RegexOptions.None, 10_000)]
    private static partial Regex Summary();
}
