using System.Globalization;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Partitions;

/// <summary>Finds the partition that a user names by number or label.</summary>
public static class PartitionFinder
{
    /// <summary>Finds one partition.</summary>
    /// <param name="table">The disk's table.</param>
    /// <param name="disk">The disk, from which labels are read.</param>
    /// <param name="selector">
    /// A number as the Linux kernel counts; or a label, compared letter by letter: first with the names in a GPT, and only
    /// if none is it with the file systems' labels.
    /// </param>
    /// <exception cref="PartitionNotFoundException">No partition answers to it, or more than one does, or it only holds logical partitions.</exception>
    /// <exception cref="CorruptFormatException">The partition ends behind the end of <paramref name="disk"/>.</exception>
    public static Partition Find(PartitionTable table, IRandomReader disk, string selector)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(selector);
        var found = IsNumber(selector) ? ByNumber(table, disk, selector) : ByLabel(table, disk, selector);
        if (found.IsExtended)
        {
            throw new PartitionNotFoundException(selector, $"partition {selector} is an extended partition, which holds no files but logical partitions; {Describe(table, disk)}");
        }

        found.EnsureInside(disk.Length);
        return found;
    }

    /// <summary>Finds one partition that need not be there.</summary>
    /// <returns>Null where none answers to the selector.</returns>
    /// <exception cref="PartitionNotFoundException">More than one does, or it only holds logical partitions.</exception>
    /// <exception cref="CorruptFormatException">The partition ends behind the end of <paramref name="disk"/>.</exception>
    public static Partition? TryFind(PartitionTable table, IRandomReader disk, string selector)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(selector);
        var isThere = IsNumber(selector) ? table.Partitions.Any(p => p.Number.ToString(CultureInfo.InvariantCulture) == selector) : WithLabel(table, disk, selector).Count > 0;
        return isThere ? Find(table, disk, selector) : null;
    }

    /// <summary>One line that lists what <paramref name="table"/> has, for messages: <c>the image has 1 (resin-boot, fat16), 2 (resin-rootA, ext4)</c>.</summary>
    public static string Describe(PartitionTable table, IRandomReader disk)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(disk);
        if (table.Kind == PartitionTableKind.None)
        {
            return FileSystemProbe.Identify(disk).Type is { } type
                ? $"the image has no partition table, it is a single {type} file system"
                : "the image has no partition table";
        }

        return table.Partitions.Count == 0
            ? "the image's partition table is empty"
            : $"the image has {string.Join(", ", table.Partitions.Select(p => DescribeOne(p, disk)))}";
    }

    private static bool IsNumber(string selector) => selector.Length > 0 && selector.All(char.IsAsciiDigit);

    private static Partition ByNumber(PartitionTable table, IRandomReader disk, string selector) =>
        int.TryParse(selector, out var number) && table.Partitions.FirstOrDefault(p => p.Number == number) is { } found
            ? found
            : throw new PartitionNotFoundException(selector, $"no partition {selector}; {Describe(table, disk)}");

    private static Partition ByLabel(PartitionTable table, IRandomReader disk, string selector)
    {
        var matches = WithLabel(table, disk, selector);
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new PartitionNotFoundException(selector, $"no partition with the label \"{selector}\"{DidYouMean(table, disk, selector)}; {Describe(table, disk)}"),
            _ => throw new PartitionNotFoundException(
                selector,
                $"more than one partition has the label \"{selector}\": {string.Join(" and ", matches.Select(p => p.Number))}; name it by its number"),
        };
    }

    private static List<Partition> WithLabel(PartitionTable table, IRandomReader disk, string label)
    {
        if (label.Length == 0) return [];
        var named = table.Partitions.Where(p => p.Name == label).ToList();
        return named.Count > 0 ? named : table.Partitions.Where(p => !p.IsExtended && FileSystemProbe.Identify(p.OpenRead(disk)).Label == label).ToList();
    }

    private static string DidYouMean(PartitionTable table, IRandomReader disk, string label) =>
        NearName.Of(label, table.Partitions.Where(p => !p.IsExtended).SelectMany(p => (string?[])[p.Name, FileSystemProbe.Identify(p.OpenRead(disk)).Label]).OfType<string>()) is { } near
            ? $" (did you mean {near}?)"
            : "";

    private static string DescribeOne(Partition partition, IRandomReader disk)
    {
        if (partition.IsExtended) return $"{partition.Number} (extended)";
        var content = FileSystemProbe.Identify(partition.OpenRead(disk));
        var label = string.IsNullOrEmpty(partition.Name) ? content.Label : partition.Name;
        var type = content.Type ?? "no known file system";
        return label is null ? $"{partition.Number} ({type})" : $"{partition.Number} ({label}, {type})";
    }
}
