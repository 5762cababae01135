using System.Globalization;
using System.Text;
using EtchStream.Inspect.Text;

namespace EtchStream.Inspect;

/// <summary>Prints a report for people: a few lines, of a disk a drawing, then tables.</summary>
public static class InspectText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The report as lines of text, each ended by a line feed. The same report gives the same text.</summary>
    /// <param name="report">The report.</param>
    /// <param name="ascii">Draws with the characters of ASCII alone. Labels and names are printed as they are, but for control characters.</param>
    public static string Format(InspectReport report, bool ascii = false)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        if (report.Archive is { } archive) Archive(text, report.Name, archive);
        if (report.Image is { } image) Image(text, report.Name, image, ascii ? DiskGlyphs.Ascii : DiskGlyphs.Unicode);
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
        TextTable.Line(text, $"{name}: {kind}, {Bytes(archive.Size)}");
        if (archive.Image is { } image)
        {
            var packed = image.Compression is null ? $"{Bytes(image.DataSize)} of data" : $"compressed with {image.Compression}";
            TextTable.Line(text, $"image: {image.Name}, {Bytes(image.Size)}, {packed}");
        }

        var isUnproven = archive is { IsComplete: true, IsRead: false, StatedSha256: not null };
        if (archive.Sha256 is { } digest) TextTable.Line(text, $"sha256: {digest}");
        else if (isUnproven) TextTable.Line(text, $"sha256: {archive.StatedSha256} (its trailer says)");
        if (archive.IsSigned) TextTable.Line(text, "signed: yes (not checked here)");
        TextTable.Line(text, !archive.IsComplete ? $"complete: no, {archive.Problem}" : isUnproven ? "complete: yes (digest not computed; --verify reads all of it)" : "complete: yes");
        if (archive.Partitions.Count > 0)
        {
            text.Append('\n');
            List<string[]> rows = [["PARTITION", "ENTRIES", "FILES", "FOLDERS", "LINKS", "HARD LINKS", "NODES", "SIZE"]];
            foreach (var p in archive.Partitions)
            {
                rows.Add([p.Selector, $"{p.Entries}", $"{p.Files}", $"{p.Directories}", $"{p.SymbolicLinks}", $"{p.HardLinks}", $"{p.Nodes}", Bytes(p.Bytes)]);
            }

            TextTable.Append(text, rows);
        }

        if (archive.Store is { } store) StoreText.Append(text, store, $"partition {store.Partition}");
        if (archive.Apps is { } apps) StoreText.Append(text, apps, place: null);
    }

    private static void Image(StringBuilder text, string name, ImageReport image, DiskGlyphs glyphs)
    {
        var table = image.PartitionTable == "none" ? "no partition table" : image.PartitionTable.ToUpperInvariant();
        TextTable.Line(text, $"{name}: disk image, {Bytes(image.Size)}, {table}");
        foreach (var warning in image.Warnings) TextTable.Line(text, $"warning: {warning}");
        text.Append('\n');
        DiskDrawing.Append(text, image, glyphs);
        text.Append('\n');
        List<string[]> rows = [["NUMBER", "START", "SIZE", "TYPE", "LABEL", "FILE SYSTEM", "FREE", "FREE INODES"]];
        if (image.FileSystem is { } whole) rows.Add(["-", "0", Bytes(image.Size), "-", whole.Label ?? "-", whole.Type, Free(whole), $"{whole.FreeInodes}"]);
        foreach (var p in image.Partitions)
        {
            rows.Add([$"{p.Number}", Bytes(p.Start), Bytes(p.Size), ShortType(p), LabelOf(p) ?? "-", p.IsExtended ? "(extended)" : p.FileSystem?.Type ?? "-", Free(p.FileSystem), p.FileSystem?.FreeInodes is { } inodes ? $"{inodes}" : "-"]);
        }

        TextTable.Append(text, rows);
        if ((image.FileSystem?.Problem ?? image.FileSystem?.ContentProblem) is { } wrong) TextTable.Line(text, $"file system: {wrong}");
        foreach (var p in image.Partitions)
        {
            if ((p.Problem ?? p.FileSystem?.Problem ?? p.FileSystem?.ContentProblem) is { } problem) TextTable.Line(text, $"partition {p.Number}: {problem}");
        }

        if (image.FileSystem is { } only) Content(text, only, "the whole image");
        foreach (var p in image.Partitions)
        {
            if (p.FileSystem is { } system) Content(text, system, LabelOf(p) is { } label ? $"partition {p.Number} ({label})" : $"partition {p.Number}");
        }
    }

    private static void Content(StringBuilder text, FileSystemReport system, string place)
    {
        if (system.Store is { } store) StoreText.Append(text, store, place);
        if (system.Apps is { } apps) StoreText.Append(text, apps, place);
    }

    private static string? LabelOf(PartitionReport partition) => partition.FileSystem?.Label ?? (string.IsNullOrEmpty(partition.Name) ? null : partition.Name);

    private static string ShortType(PartitionReport partition) => partition.Type.Length > 8 ? partition.Type[..8] : partition.Type;

    private static string Free(FileSystemReport? system) => system?.FreeBytes is { } free ? Bytes(free) : "-";
}
