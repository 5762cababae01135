using System.Globalization;
using System.Text;

namespace EtchStream.Inspect;

/// <summary>Prints a report for people: a few lines, then a table.</summary>
public static class InspectText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The report as lines of text, each ended by a line feed.</summary>
    public static string Format(InspectReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        if (report.Archive is { } archive) Archive(text, report.Name, archive);
        if (report.Image is { } image) Image(text, report.Name, image);
        return text.ToString();
    }

    /// <summary>A count of bytes as people read it: <c>1.5 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    private static void Archive(StringBuilder text, string name, ArchiveReport archive)
    {
        var kind = archive.Version is { } version ? $"etch archive, version {version}" : "archive without manifest";
        if (archive.Compression is { } compression) kind += $", {compression}";
        Line(text, $"{name}: {kind}, {Bytes(archive.Size)}");
        if (archive.Image is { } image)
        {
            var packed = image.Compression is null ? $"{Bytes(image.DataSize)} of data" : $"compressed with {image.Compression}";
            Line(text, $"image: {image.Name}, {Bytes(image.Size)}, {packed}");
        }

        if (archive.Sha256 is { } digest) Line(text, $"sha256: {digest}");
        if (archive.IsSigned) Line(text, "signed: yes (not checked here)");
        Line(text, archive.IsComplete ? "complete: yes" : $"complete: no, {archive.Problem}");
        if (archive.Partitions.Count == 0) return;
        text.Append('\n');
        List<string[]> rows = [["PARTITION", "ENTRIES", "FILES", "FOLDERS", "LINKS", "HARD LINKS", "NODES", "SIZE"]];
        foreach (var p in archive.Partitions)
        {
            rows.Add([p.Selector, $"{p.Entries}", $"{p.Files}", $"{p.Directories}", $"{p.SymbolicLinks}", $"{p.HardLinks}", $"{p.Nodes}", Bytes(p.Bytes)]);
        }

        Table(text, rows);
        Containers(text, archive);
    }

    private static void Containers(StringBuilder text, ArchiveReport archive)
    {
        const int ShortId = 19; // sha256: and the twelve digits that engines show
        if (archive.Containers is { } containers)
        {
            text.Append('\n');
            List<string[]> rows = [["IMAGE ID", "LAYERS", "NAMES"]];
            foreach (var container in containers) rows.Add([container.ImageId[..Math.Min(ShortId, container.ImageId.Length)], $"{container.Layers.Count}", string.Join(" ", container.Names)]);
            Table(text, rows);
        }

        if (archive.Services is not { } services) return;
        text.Append('\n');
        List<string[]> table = [["APP", "RELEASE", "SERVICE", "IMAGE"]];
        foreach (var service in services) table.Add([service.App, service.Release ?? "-", service.Service ?? "-", service.Image]);
        Table(text, table);
    }

    private static void Image(StringBuilder text, string name, ImageReport image)
    {
        var table = image.PartitionTable == "none" ? "no partition table" : image.PartitionTable.ToUpperInvariant();
        Line(text, $"{name}: disk image, {Bytes(image.Size)}, {table}");
        foreach (var warning in image.Warnings) Line(text, $"warning: {warning}");
        text.Append('\n');
        List<string[]> rows = [["NUMBER", "START", "SIZE", "TYPE", "LABEL", "FILE SYSTEM", "FREE", "FREE INODES"]];
        if (image.FileSystem is { } whole) rows.Add(["-", "0", Bytes(image.Size), "-", whole.Label ?? "-", whole.Type, Free(whole), $"{whole.FreeInodes}"]);
        foreach (var p in image.Partitions)
        {
            var label = p.FileSystem?.Label ?? (string.IsNullOrEmpty(p.Name) ? "-" : p.Name);
            rows.Add([$"{p.Number}", Bytes(p.Start), Bytes(p.Size), ShortType(p), label, p.IsExtended ? "(extended)" : p.FileSystem?.Type ?? "-", Free(p.FileSystem), p.FileSystem?.FreeInodes is { } inodes ? $"{inodes}" : "-"]);
        }

        Table(text, rows);
        foreach (var p in image.Partitions)
        {
            if ((p.Problem ?? p.FileSystem?.Problem) is { } problem) Line(text, $"partition {p.Number}: {problem}");
        }
    }

    private static string ShortType(PartitionReport partition) => partition.Type.Length > 8 ? partition.Type[..8] : partition.Type;

    private static string Free(FileSystemReport? system) => system?.FreeBytes is { } free ? Bytes(free) : "-";

    private static void Table(StringBuilder text, List<string[]> rows)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Printable(row[i]);
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++) line.Append(row[i].PadRight(widths[i] + 2));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(Printable(line)).Append('\n');

    // Labels and names come from the file: nothing in them may steer a terminal.
    private static string Printable(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && !text.Contains('\x7f', StringComparison.Ordinal)
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));
}
