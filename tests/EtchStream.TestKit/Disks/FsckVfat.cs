using System.Globalization;
using System.Text.RegularExpressions;

namespace EtchStream.TestKit;

/// <summary>What <c>fsck.vfat -n</c> says about a FAT volume.</summary>
/// <param name="Complaints">All lines that a clean volume does not get; the exit code too if it is not 0.</param>
/// <param name="Used">Clusters in use.</param>
/// <param name="Total">Clusters.</param>
public sealed partial record FsckVfat(IReadOnlyList<string> Complaints, long Used, long Total)
{
    /// <summary>Checks the volume that fills an image file.</summary>
    public static FsckVfat Run(string image)
    {
        var result = HostTool.Run("fsck.vfat", "-n", image);
        var summary = Match.Empty;
        var complaints = new List<string>();
        foreach (var line in result.Output.Split('\n').Concat(result.Error.Split('\n')))
        {
            var match = Summary().Match(line);
            if (match.Success) summary = match;
            else if (line.Length > 0 && !line.StartsWith("fsck.fat 4", StringComparison.Ordinal) && !SmallFat32().IsMatch(line)) complaints.Add(line);
        }

        if (result.ExitCode != 0) complaints.Add($"fsck.vfat exited with {result.ExitCode}");
        if (!summary.Success) return new FsckVfat([.. complaints, "fsck.vfat printed no summary"], 0, 0);
        return new FsckVfat(complaints, Number(summary, 1), Number(summary, 2));
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>What mkfs.vfat warns of too when it is told to make a FAT32 that is small: small images keep tests fast.</summary>
    [GeneratedRegex("^(Warning: Filesystem is FAT32 according to fat_length and fat32_length fields,|  but has only \\d+ clusters, less than the required minimum of 65525.|  This may lead to problems on some systems.)$", RegexOptions.None, 10_000)]
    private static partial Regex SmallFat32();

    [GeneratedRegex(@": \d+ files, (\d+)/(\d+) clusters$", RegexOptions.None, 10_000)]
    private static partial Regex Summary();
}
