using System.Text;
using EtchStream.Check;
using EtchStream.Inspect.Text;
using Xunit;

namespace EtchStream.Tests.Inspect;

/// <summary>What is printed of names that somebody chose who wants to do harm.</summary>
public sealed class TextTableTests
{
    [Fact]
    public void A_long_cell_does_not_widen_all_rows()
    {
        const int Long = 100_000, Rows = 1000;
        List<string[]> rows = [["A", "B"], [new string('x', Long), "y"], .. Enumerable.Range(0, Rows).Select(_ => (string[])["short", "z"])];
        var text = new StringBuilder();
        TextTable.Append(text, rows);
        var lines = text.ToString().Split('\n');
        Assert.InRange(text.Length, Long, Long + (200 * Rows));
        Assert.Equal(new string('x', Long) + "  y", lines[1]);
        Assert.All(lines[2..^1], line => Assert.Equal(lines[0].IndexOf('B', StringComparison.Ordinal), line.IndexOf('z', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a\u001b[31mb", @"a\x1b[31mb")]
    [InlineData("a\nb\u009b", @"a\x0ab\x9b")]
    [InlineData("a\u202egnp.b\u200b", @"a\u202egnp.b\u200b")]
    [InlineData("日本 é", "日本 é")]
    public void A_label_cannot_steer_a_terminal(string label, string shown)
    {
        var report = new CheckReport { Image = "disk.img", Findings = [new CheckFinding(CheckSeverity.Warning, $"partition 1 ({label})", "x")], Partitions = [new CheckedPartition(1, label, "ext4", 1 << 20, null, null, null)] };
        Assert.Equal($"warning: partition 1 ({shown}): x\nchecked partition 1 ({shown}): ext4\ndisk.img: 0 errors, 1 warning\n", CheckText.Format(report));
    }
}
