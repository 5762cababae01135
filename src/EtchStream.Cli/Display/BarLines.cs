using EtchStream.Pack;
using Spectre.Console;
using Text = EtchStream.Cli.Output.Text;
using Spectre.Console.Rendering;

namespace EtchStream.Cli.Display;

/// <summary>
/// The lines that show a run:
/// <code>
/// image   ━━━━━━━━━━━━━━━━━━━━ 100%   3.4 GiB in 12 s
/// layers  ━━━━━━━━━━──────────  48%   412.0 of 858.3 MiB  55.1 MiB/s  8 s left
///   3f7a…  ━━━━━━━━━━━━━━━────  75%   12.3 of 16.4 MiB
///   inject/resin-data/docker/overlay2/…
/// </code>
/// </summary>
/// <param name="width">Columns that may be used.</param>
/// <param name="isUnicode">Whether the terminal shows more than ASCII.</param>
internal sealed class BarLines(int width, bool isUnicode)
{
    private const int NameWidth = 10;
    private const int LargestBar = 30;
    private const int SmallestBar = 8;
    private const int PercentWidth = 6;
    private const int NumbersWidth = 45;
    private const int ShortId = 7;

    private static readonly Style Done = new(Color.Green);
    private static readonly Style Active = new(Color.Blue);
    private static readonly Style Rest = new(Color.Grey);
    private static readonly Style Waiting = new(Color.Yellow);

    // What was over at once only takes room.
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(0.5);

    private int BarWidth => Math.Clamp(width - NameWidth - PercentWidth - NumbersWidth, SmallestBar, LargestBar);

    /// <summary>The lines of a view.</summary>
    public IReadOnlyList<IRenderable> Of(ProgressView view)
    {
        var lines = new List<IRenderable>();
        foreach (var phase in view.Phases) if (!phase.HasEnded || phase.Elapsed >= WorthTelling) lines.Add(Phase(phase));
        foreach (var layer in view.State.Layers) lines.Add(Layer(layer));
        if (view.Stall is { } stall) lines.Add(Line(("  " + Fit($"waiting for {Text.OneLine(stall.For)}, {Text.Duration(stall.Time)} by now"), Waiting)));
        else if (view.State is { Path: { } path, Layers.Count: 0 }) lines.Add(Line(("  " + Fit(Text.OneLine(path)), Rest)));

        // A single line would be drawn over the one above it: "up by 0" is "up by 1" to a terminal.
        if (lines.Count == 1) lines.Add(Line((" ", Style.Plain)));
        return lines;
    }

    private Paragraph Phase(PhaseView phase)
    {
        var numbers = phase.HasEnded
            ? $"{Amount(phase.Bytes)}in {Text.Duration(phase.Elapsed)}"
            : $"{Sum(phase.Bytes, phase.TotalBytes)}{(phase.Rate >= 1 ? $"  {Text.Bytes((long)phase.Rate)}/s" : "")}{(phase.Left is { } left ? $"  {Text.Duration(left)} left" : "")}";
        return Bar(phase.Name.PadRight(NameWidth), phase.HasEnded ? 1 : Share(phase.Bytes, phase.TotalBytes), phase.Elapsed, phase.HasEnded ? Done : Active, numbers);
    }

    private Paragraph Layer(LayerProgress layer)
    {
        var id = layer.DiffId[(layer.DiffId.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return Bar($"  {id[..Math.Min(ShortId, id.Length)]} ", Share(layer.Bytes, layer.TotalBytes), TimeSpan.Zero, Active, layer.Bytes == 0 ? "waiting" : Sum(layer.Bytes, layer.TotalBytes));
    }

    private Paragraph Bar(string name, double? share, TimeSpan elapsed, Style style, string numbers)
    {
        var (full, empty) = isUnicode ? ('━', '─') : ('=', '-');
        var percent = share is { } known ? $"{Math.Floor(known * 100),4:0}% " : new string(' ', PercentWidth);
        if (share is { } part)
        {
            var filled = (int)Math.Floor(part * BarWidth);
            return Line((name, Style.Plain), (new string(full, filled), style), (new string(empty, BarWidth - filled), Rest), (percent, Style.Plain), (numbers, Style.Plain));
        }

        // How far is not known: something that goes to and fro.
        const int Piece = 3;
        var way = BarWidth - Piece;
        var step = (int)(elapsed.TotalMilliseconds / 100 % (2 * way));
        var at = step <= way ? step : (2 * way) - step;
        return Line((name, Style.Plain), (new string(empty, at), Rest), (new string(full, Piece), style), (new string(empty, way - at), Rest), (percent, Style.Plain), (numbers, Style.Plain));
    }

    private static double? Share(long bytes, long? total) => total switch
    {
        null => null,
        <= 0 => 1,
        _ => Math.Clamp((double)bytes / total.Value, 0, 1),
    };

    private static string Amount(long bytes) => bytes > 0 ? Text.Bytes(bytes) + " " : "";

    private static string Sum(long bytes, long? total) => total is > 0 and var all ? $"{Text.Bytes(bytes)} of {Text.Bytes(all)}" : bytes > 0 ? Text.Bytes(bytes) : "";

    /// <summary>Leaves out the middle of what is too long: paths differ at their end, and their beginning tells where they are.</summary>
    private string Fit(string text)
    {
        var room = width - 2;
        if (TextColumns.Of(text) <= room) return text;
        var gap = isUnicode ? "…" : "...";
        if (room <= gap.Length + 2) return TextColumns.Head(text, room);
        var tail = (room - gap.Length) * 2 / 3;
        return TextColumns.Head(text, room - gap.Length - tail) + gap + TextColumns.Tail(text, tail);
    }

    private Paragraph Line(params (string Text, Style Style)[] parts)
    {
        var line = new Paragraph { Overflow = Overflow.Crop };
        var left = width;
        foreach (var (text, style) in parts)
        {
            var shown = TextColumns.Head(text, left);
            left -= TextColumns.Of(shown);
            line.Append(shown, style);
        }

        return line;
    }
}
