using System.Text;

namespace EtchStream.Inspect.Text;

/// <summary>Draws a disk to scale: partitions and gaps in their order, used and free space, the logical partitions under a bracket.</summary>
internal sealed class DiskDrawing
{
    /// <summary>Columns of a line.</summary>
    public const int Width = 78;

    private readonly DiskGlyphs _glyphs;
    private readonly long _size;
    private readonly IReadOnlyList<DiskStretch> _stretches;
    private readonly int[] _columns;

    private DiskDrawing(ImageReport image, DiskGlyphs glyphs, IReadOnlyList<DiskStretch> stretches, int[] columns)
    {
        _size = image.Size;
        _glyphs = glyphs;
        _stretches = stretches;
        _columns = columns;
    }

    /// <summary>Appends the drawing.</summary>
    public static void Append(StringBuilder text, ImageReport image, DiskGlyphs glyphs)
    {
        var stretches = DiskStretch.Of(image, Width);
        var columns = Width - stretches.Count - 1;

        // Room for its number each, or else one column.
        var minima = stretches.Select(s => Math.Max(1, $"{s.Number}".Length)).ToList();
        if (minima.Sum() > columns) minima = [.. stretches.Select(_ => 1)];
        if (minima.Sum() > columns)
        {
            text.Append($"{image.Partitions.Count} partitions are too many for a drawing\n");
            return;
        }

        new DiskDrawing(image, glyphs, stretches, Apportionment.Divide(stretches.Select(s => s.Length).ToList(), minima, columns)).Append(text);
    }

    private void Append(StringBuilder text)
    {
        Brackets(text);
        Border(text, _glyphs.Top);
        Row(text, Name);
        Row(text, Content);
        Row(text, Bar);
        Border(text, _glyphs.Bottom);
        var end = InspectText.Bytes(_size);
        text.Append('0').Append(end.PadLeft(Width - 1)).Append('\n');
        Legend(text);
    }

    /// <summary>A line that shows which stretches lie in an extended partition.</summary>
    private void Brackets(StringBuilder text)
    {
        if (_stretches.All(s => s.Extended is null)) return;
        var line = new char[Width];
        Array.Fill(line, ' ');
        var at = 0;
        for (var i = 0; i < _stretches.Count;)
        {
            var (first, number) = (at, _stretches[i].Extended);
            for (; i < _stretches.Count && _stretches[i].Extended == number; i++) at += _columns[i] + 1;
            if (number is null) continue;
            Array.Fill(line, _glyphs.Across, first, at - first + 1);
            (line[first], line[at]) = (_glyphs.Bracket[0], _glyphs.Bracket[1]);
            var room = at - first - 1;
            var name = $" {number} extended ";
            if (name.Length > room) name = $"{number}";
            if (name.Length <= room) name.CopyTo(0, line, first + 1, name.Length);
        }

        text.Append(new string(line).TrimEnd()).Append('\n');
    }

    private void Border(StringBuilder text, string corners)
    {
        for (var i = 0; i < _columns.Length; i++) text.Append(corners[i == 0 ? 0 : 1]).Append(_glyphs.Across, _columns[i]);
        text.Append(corners[2]).Append('\n');
    }

    private void Row(StringBuilder text, Func<DiskStretch, int, string> cell)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var content = _stretches[i].IsGap ? new string(_glyphs.Gap, _columns[i]) : cell(_stretches[i], _columns[i]);
            text.Append(_glyphs.Down).Append(content.PadRight(_columns[i]));
        }

        text.Append(_glyphs.Down).Append('\n');
    }

    private string Name(DiskStretch stretch, int columns)
    {
        var name = _glyphs.Plain($"{stretch.Number} {stretch.Label}".Trim());
        if (name.Length <= columns) return name;
        var number = $"{stretch.Number}";

        // A number is never cut: it would be another one's.
        if (columns < number.Length) return "";
        return columns < number.Length + 3 ? number : name[..(columns - 1)] + _glyphs.Cut;
    }

    private static string Content(DiskStretch stretch, int columns)
    {
        var (type, size) = (stretch.FileSystem?.Type ?? "", InspectText.Bytes(stretch.Length));
        return ((string[])[$"{type} {size}".Trim(), size, type]).FirstOrDefault(t => t.Length <= columns) ?? "";
    }

    private string Bar(DiskStretch stretch, int columns)
    {
        if (stretch.FileSystem is not { Size: { } size, FreeBytes: { } free }) return new string(_glyphs.Unknown, columns);
        size = Math.Clamp(size, 0, stretch.Length);
        free = Math.Clamp(free, 0, size);
        long[] parts = [size - free, free, stretch.Length - size];

        // What there is of the first two is seen, where there is room for both; the rest of a partition behind its file system need not be.
        int[] minima = columns < 2 ? [0, 0, 0] : [parts[0] > 0 ? 1 : 0, parts[1] > 0 ? 1 : 0, 0];
        var bars = Apportionment.Divide(parts, minima, columns);
        return new string(_glyphs.Used, bars[0]) + new string(_glyphs.Free, bars[1]) + new string(_glyphs.Gap, bars[2]);
    }

    private void Legend(StringBuilder text)
    {
        text.Append($"{_glyphs.Used} used  {_glyphs.Free} free");
        if (_stretches.Any(s => s is { IsGap: false, FileSystem: not { Size: not null, FreeBytes: not null } })) text.Append($"  {_glyphs.Unknown} not known");
        if (_stretches.Any(s => s.IsGap)) text.Append($"  {_glyphs.Gap} gap");
        var largest = Enumerable.Range(0, _columns.Length).MaxBy(i => _stretches[i].Length);
        text.Append($"; a column is about {InspectText.Bytes(_stretches[largest].Length / _columns[largest])} or less\n");
    }
}
