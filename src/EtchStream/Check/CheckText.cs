using System.Globalization;
using System.Text;
using EtchStream.Inspect.Text;

namespace EtchStream.Check;

/// <summary>Prints a report for a person: one line a finding, then what was checked.</summary>
public static class CheckText
{
    private const long MiB = 1 << 20;

    /// <summary>The whole text, with a line feed at its end.</summary>
    public static string Format(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        foreach (var finding in report.Findings) TextTable.Line(text, $"{(finding.Severity == CheckSeverity.Error ? "error" : "warning")}: {finding.Place}: {finding.Message}");
        foreach (var partition in report.Partitions) TextTable.Line(text, Describe(partition));
        TextTable.Line(text, report.Findings.Count == 0 ? $"{report.Image}: good" : $"{report.Image}: {Count(report.Errors, "error")}, {Count(report.Warnings, "warning")}");
        return text.ToString();
    }

    private static string Describe(CheckedPartition partition)
    {
        var name = partition.Number == 0 ? "whole disk" : $"partition {partition.Number}";
        var text = $"checked {name}{(partition.Label is null ? "" : $" ({partition.Label})")}: {partition.FileSystem ?? "no known file system"}";
        if (partition.FreeBytes is { } free) text += string.Create(CultureInfo.InvariantCulture, $", {free / MiB} of {partition.Size / MiB} MiB free");
        if (partition.Images is { } images) text += $", {Count(images, "container image")}, {Count(partition.Layers ?? 0, "layer")}";
        return text;
    }

    private static string Count(int number, string one) => string.Create(CultureInfo.InvariantCulture, $"{number} {one}{(number == 1 ? "" : "s")}");
}
