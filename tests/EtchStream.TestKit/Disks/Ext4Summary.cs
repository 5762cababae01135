using System.Globalization;
using System.Text.RegularExpressions;

namespace EtchStream.TestKit;

/// <summary>What dumpe2fs tells about a file system: its header, and what the bitmaps say is free.</summary>
public sealed partial class Ext4Summary
{
    /// <summary>The header's lines by their name, e.g. <c>Filesystem features</c>.</summary>
    public required IReadOnlyDictionary<string, string> Header { get; init; }

    /// <summary>Free blocks by the superblock.</summary>
    public long FreeBlocks => long.Parse(Header["Free blocks"], CultureInfo.InvariantCulture);

    /// <summary>Free inodes by the superblock.</summary>
    public long FreeInodes => long.Parse(Header["Free inodes"], CultureInfo.InvariantCulture);

    /// <summary>Free blocks by the group descriptors.</summary>
    public required long FreeBlocksOfGroups { get; init; }

    /// <summary>Free inodes by the group descriptors.</summary>
    public required long FreeInodesOfGroups { get; init; }

    /// <summary>Free blocks counted in the block bitmaps.</summary>
    public required long FreeBlocksCounted { get; init; }

    /// <summary>Free inodes counted in the inode bitmaps.</summary>
    public required long FreeInodesCounted { get; init; }

    /// <summary>Names of the features.</summary>
    public IReadOnlySet<string> Features => Header["Filesystem features"].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    /// <summary>Bytes in a block.</summary>
    public int BlockSize => int.Parse(Header["Block size"], CultureInfo.InvariantCulture);

    /// <summary>Where the three ways to count do not agree, one line each; empty when they do.</summary>
    public IReadOnlyList<string> Complaints()
    {
        var lines = new List<string>();
        if (FreeBlocks != FreeBlocksCounted || FreeBlocks != FreeBlocksOfGroups)
            lines.Add($"free blocks: {FreeBlocks} in the superblock, {FreeBlocksOfGroups} in the groups, {FreeBlocksCounted} in the bitmaps");
        if (FreeInodes != FreeInodesCounted || FreeInodes != FreeInodesOfGroups)
            lines.Add($"free inodes: {FreeInodes} in the superblock, {FreeInodesOfGroups} in the groups, {FreeInodesCounted} in the bitmaps");
        return lines;
    }

    /// <summary>Reads the output of dumpe2fs without options.</summary>
    public static Ext4Summary Parse(string output)
    {
        var header = new Dictionary<string, string>(StringComparer.Ordinal);
        long blocks = 0, inodes = 0, groupBlocks = 0, groupInodes = 0;
        var inGroups = false;
        foreach (var line in output.Split('\n'))
        {
            inGroups |= line.StartsWith("Group 0:", StringComparison.Ordinal);
            var colon = line.IndexOf(':');
            if (!inGroups)
            {
                if (colon > 0) header.TryAdd(line[..colon], line[(colon + 1)..].Trim());
                continue;
            }

            if (line.StartsWith("  Free blocks:", StringComparison.Ordinal)) blocks += CountRanges(line[(colon + 1)..]);
            else if (line.StartsWith("  Free inodes:", StringComparison.Ordinal)) inodes += CountRanges(line[(colon + 1)..]);
            else if (GroupCounts().Match(line) is { Success: true } match)
            {
                groupBlocks += long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                groupInodes += long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            }
        }

        return new Ext4Summary
        {
            Header = header,
            FreeBlocksOfGroups = groupBlocks,
            FreeInodesOfGroups = groupInodes,
            FreeBlocksCounted = blocks,
            FreeInodesCounted = inodes,
        };
    }

    private static long CountRanges(string text) => text
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(range => range.Split('-'))
        .Sum(ends => long.Parse(ends[^1], CultureInfo.InvariantCulture) - long.Parse(ends[0], CultureInfo.InvariantCulture) + 1);

    [GeneratedRegex(@"^  (\d+) free blocks, (\d+) free inodes, ", RegexOptions.None, 10_000)]
    private static partial Regex GroupCounts();
}
