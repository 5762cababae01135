using System.Globalization;
using System.Text.Json.Nodes;
using EtchStream.Formats.IO;
using EtchStream.Inspect;
using EtchStream.Inspect.Text;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Inspect;

/// <summary>A disk is drawn in the order and to the scale that sfdisk tells, in 78 columns, whatever is on it.</summary>
public sealed class DiskDrawingTests : IDisposable
{
    private const int Width = 78;
    private const long MiB = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, long, string> Tables => new()
    {
        { "even", 100, "label: dos\nsize=20MiB,type=c\nsize=30MiB,type=83\nsize=+,type=83\n" },
        { "logical ones", 400, "label: dos\nsize=4MiB,type=c\nsize=100MiB,type=83\nsize=+,type=5\nsize=4MiB,type=83\nsize=100MiB,type=83\nsize=10MiB,type=83\n" },
        { "extended in front, out of order", 200, "label: dos\n4: start=2048,size=100MiB,type=5\n1: start=250000,size=40MiB,type=83\n5: start=4096,size=30MiB,type=83\n" },
        { "empty extended", 100, "label: dos\nsize=20MiB,type=83\nsize=+,type=5\n" },
        { "small beside large", 102_400, "label: gpt\nsize=4MiB\nsize=+99GiB\nsize=4MiB\nsize=1MiB\n" },
        { "gaps", 1000, "label: gpt\nstart=200000,size=100MiB\nstart=600000,size=10MiB\nstart=1500000,size=1MiB\n" },
        { "thirty", 300, "label: gpt\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"size={1 + (i % 5)}MiB\n")) },
    };

    public void Dispose() => _folder.Dispose();

    [ToolTheory("sfdisk")]
    [MemberData(nameof(Tables))]
    public void Order_and_scale_are_sfdisks(string name, long size, string table)
    {
        var image = _folder[$"{name}.img"];
        using (var file = File.Create(image)) file.SetLength(size * MiB);
        HostTool.RunOk("truncate", "-s", $"{size}M", image);
        HostTool.Run(new HostToolCall("sfdisk", "-q", image) { Input = System.Text.Encoding.ASCII.GetBytes(table) }).Succeeded();
        var partitions = JsonNode.Parse(HostTool.RunOk("sfdisk", "-J", image).Output)!["partitiontable"]!["partitions"]!.AsArray()
            .Select(p => (Number: int.Parse(((string)p!["node"]!)[image.Length..], CultureInfo.InvariantCulture), Start: (long)p["start"]! * 512, Length: (long)p["size"]! * 512, Type: (string)p["type"]!))
            .OrderBy(p => p.Start).ToList();
        var extended = partitions.Find(p => p.Type is "5" or "f");
        partitions.RemoveAll(p => p.Type is "5" or "f");

        using var disk = FileDisk.OpenRead(image);
        foreach (var ascii in new[] { false, true })
        {
            var lines = Drawing(ImageInspector.Inspect(disk), ascii);
            var cells = Cells(lines, ascii);
            var drawn = cells.Where(c => !c.IsGap).ToList();
            Assert.Equal(partitions.Count, drawn.Count);
            foreach (var (partition, cell) in partitions.Zip(drawn))
            {
                // Where thirty have to share the line, not every number finds room.
                var number = cell.Text.Split(' ')[0];
                if (number.Length > 0 || partitions.Count < 20) Assert.Equal($"{partition.Number}", number);
            }

            Assert.Equal(Width - cells.Count - 1, cells.Sum(c => c.Columns));

            // What is wider than it has to be is to scale: no two differ by more than the rounding of both.
            var wide = drawn.Zip(partitions).Where(x => x.First.Columns > 2).Select(x => (x.First.Columns, x.Second.Length)).ToList();
            foreach (var (a, b) in wide.SelectMany(a => wide.Select(b => (a, b))))
                Assert.True((a.Columns - 1) * (double)b.Length <= (b.Columns + 1) * (double)a.Length, $"{a.Columns} columns for {a.Length} bytes, and {b.Columns} for {b.Length}");

            // The bracket is over the logical ones, and over no other.
            if (extended.Length == 0) continue;
            var bracket = lines[0];
            Assert.Contains($"{extended.Number}", bracket, StringComparison.Ordinal);
            var (from, to) = (bracket.Length - bracket.TrimStart().Length, bracket.Length - 1);
            foreach (var (cell, partition) in drawn.Zip(partitions)) Assert.Equal(partition.Number > 4, cell.At > from && cell.At < to);
        }
    }

    [Theory]
    [InlineData(100 * MiB, 0, 100 * MiB, 75, 0)]
    [InlineData(100 * MiB, 100 * MiB, 100 * MiB, 0, 75)]
    [InlineData(100 * MiB, 50 * MiB, 100 * MiB, 38, 37)]
    [InlineData(100 * MiB, 1, 100 * MiB, 75, 1)]
    [InlineData(100 * MiB, 100 * MiB - 1, 100 * MiB, 1, 75)]
    [InlineData(50 * MiB, 25 * MiB, 100 * MiB, 19, 19)]
    [InlineData(-1, long.MaxValue, 100 * MiB, 0, 0)]
    public void Used_and_free_space_are_to_scale(long size, long free, long partition, int used, int unused)
    {
        var image = new ImageReport { Size = partition, PartitionTable = "none", SectorSize = 512, FileSystem = new FileSystemReport { Type = "ext4", Size = size, FreeBytes = free } };
        var bar = Drawing(image, ascii: true)[3];
        Assert.InRange(bar.Count(c => c == '#'), used, used + 1);
        Assert.InRange(bar.Count(c => c == '.'), unused, unused + 1);
    }

    [Fact]
    public void Whatever_a_table_says_every_line_has_its_width()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var image = Random(random);
            var lines = Drawing(image, ascii: random.Next(2) == 0);
            if (lines.Count == 1) Assert.Contains("too many", lines[0], StringComparison.Ordinal);
            else Assert.All(lines.SkipWhile(l => l[0] is not ('┌' or '+')).Take(6), l => Assert.Equal(Width, l.Length));
            Assert.All(lines, l => Assert.InRange(l.Length, 1, Width));
        }
    }

    [Fact]
    public void Columns_add_up_and_are_shared_by_length()
    {
        var random = new Random(8);
        for (var i = 0; i < 3000; i++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(4) switch { 0 => 0, 1 => random.NextInt64(1000), 2 => long.MaxValue, _ => random.NextInt64() }).ToList();
            var minima = lengths.ConvertAll(_ => random.Next(3));
            var columns = random.Next(minima.Sum(), 200);
            var result = Apportionment.Divide(lengths, minima, columns);
            Assert.Equal(columns, result.Sum());
            Assert.All(result.Zip(minima), r => Assert.True(r.First >= r.Second));
            for (var a = 0; a < lengths.Count; a++)
            {
                for (var b = 0; b < lengths.Count; b++)
                {
                    if (lengths[a] > lengths[b] && result[b] > minima[b]) Assert.True(result[a] >= result[b], $"{lengths[a]} has {result[a]} columns, and {lengths[b]} has {result[b]}");
                }
            }
        }
    }

    [Fact]
    public void A_label_can_neither_steer_the_terminal_nor_shift_the_drawing()
    {
        ImageReport Labelled(string label) => new()
        {
            Size = 100 * MiB, PartitionTable = "mbr", SectorSize = 512,
            Partitions = [new PartitionReport { Number = 1, Start = MiB, Size = 90 * MiB, Type = "0x83", UniqueId = "x", FileSystem = new FileSystemReport { Type = "ext4", Label = label } }],
        };
        foreach (var label in (string[])["\u001b[31mred", "a\nb", "\u009b2J", "\u2028", "日本", "e\u0301", "\U0001f600", "\u202eabc", "\0"])
        {
            var text = InspectText.Format(new InspectReport { Name = "x\n", Image = Labelled(label) });
            Assert.Equal(InspectText.Format(new InspectReport { Name = "x", Image = Labelled("plain") }).Split('\n').Length, text.Split('\n').Length);
            Assert.DoesNotContain(text, c => c != '\n' && (char.IsControl(c) || c == '\u2028'));
            Assert.All(Drawing(Labelled(label), ascii: false), l => Assert.InRange(new StringInfo(l).LengthInTextElements, Width - 20, Width));
            Assert.All(Drawing(Labelled(label), ascii: true), l => Assert.All(l, c => Assert.InRange(c, ' ', '~')));
        }

        Assert.Contains("1 größe", InspectText.Format(new InspectReport { Name = "x", Image = Labelled("größe") }), StringComparison.Ordinal);
    }

    /// <summary>The lines between the first empty one and the next.</summary>
    private static List<string> Drawing(ImageReport image, bool ascii)
    {
        var lines = InspectText.Format(new InspectReport { Name = "x", Image = image }, ascii).Split('\n').ToList();
        var start = lines.IndexOf("") + 1;
        return lines.GetRange(start, lines.IndexOf("", start) - start);
    }

    private static List<(int At, int Columns, string Text, bool IsGap)> Cells(List<string> lines, bool ascii)
    {
        var first = lines.FindIndex(l => l.StartsWith(ascii ? '+' : '┌')) + 1;
        Assert.All(lines.GetRange(first - 1, 6), l => Assert.Equal(Width, l.Length));
        var result = new List<(int, int, string, bool)>();
        var at = 1;
        foreach (var text in lines[first].Split(ascii ? '|' : '│')[1..^1])
        {
            result.Add((at, text.Length, text, text.All(c => c == (ascii ? ':' : '·'))));
            at += text.Length + 1;
        }

        return result;
    }

    private static ImageReport Random(Random random)
    {
        long Size() => random.Next(4) switch { 0 => 0, 1 => random.NextInt64(1 << 20), 2 => random.NextInt64(1L << 40), _ => random.NextInt64() };
        return new ImageReport
        {
            Size = Size(), PartitionTable = "gpt", SectorSize = 512,
            Partitions = [.. Enumerable.Range(1, random.Next(0, 45)).Select(i => new PartitionReport
            {
                Number = random.Next(10) == 0 ? random.Next() : i,
                Start = Size(), Size = Size(), Type = "x", UniqueId = "x", Name = random.Next(2) == 0 ? "name" : null, IsExtended = random.Next(10) == 0,
                FileSystem = random.Next(2) == 0 ? null : new FileSystemReport { Type = "ext4", Label = "label", Size = Size(), FreeBytes = Size() },
            })],
        };
    }
}
