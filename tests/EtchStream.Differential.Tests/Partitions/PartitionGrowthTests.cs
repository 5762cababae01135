using System.Globalization;
using System.Text.Json.Nodes;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Partitions.Growth;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Partitions;

/// <summary>The last partition of a disk grows: sfdisk, sgdisk and parted find nothing wrong, and only what has to has changed.</summary>
public sealed class PartitionGrowthTests
{
    private const long MiB = 1 << 20;

    [ToolTheory("sfdisk", "sgdisk", "parted")]
    [InlineData("balena-mbr", 100)]
    [InlineData("balena-mbr", 5000)]
    [InlineData("balena-gpt", 100)]
    [InlineData("balena-gpt", 5000)]
    [InlineData("primary", 77)]
    [InlineData("primary", 2_000_000)]
    [InlineData("two-logical", 300)]
    [InlineData("gpt-one", 3_000_000)]
    public void Tables_are_right_after_it(string kind, long growMiB)
    {
        using var folder = new TemporaryFolder();
        var image = folder["disk.img"];
        Make(kind, image);
        var before = Read(image);
        var last = before.Partitions.Where(p => !p.IsExtended).MaxBy(p => p.Start)!;
        using (var disk = Open(image))
        {
            var growth = PartitionGrowth.Of(before, last, disk.Length);
            var wanted = last.Length + (growMiB * MiB) + 123_456;
            var length = growth.DiskLength(wanted);
            disk.SetLength(length);
            growth.Begin(disk);
            growth.Finish(disk);
            Assert.True(growth.PartitionLength(length) >= wanted);
            Assert.True(growth.PartitionLength(length) < wanted + PartitionGrowth.Alignment);
        }

        var after = Read(image);
        Assert.Empty(after.Findings);
        var grown = after.Partitions.Single(p => p.Number == last.Number);
        Assert.Equal(0, grown.End % PartitionGrowth.Alignment);
        Assert.Equal(before.Partitions.Where(p => p.Number != last.Number && !p.IsExtended), after.Partitions.Where(p => p.Number != last.Number && !p.IsExtended));
        Assert.Equal(last, grown with { Length = last.Length });
        Assert.Equal(before.DiskId, after.DiskId);

        var verify = HostTool.Run("sfdisk", "--verify", image);
        Assert.True(verify.ExitCode == 0, verify.Output + verify.Error);
        Assert.DoesNotContain("backup", verify.Output + verify.Error, StringComparison.OrdinalIgnoreCase);
        var json = JsonNode.Parse(HostTool.RunOk("sfdisk", "--json", image).Output)!["partitiontable"]!["partitions"]!.AsArray();
        var seen = json.Single(p => ((string)p!["node"]!).EndsWith($"img{grown.Number}", StringComparison.Ordinal))!;
        Assert.Equal((grown.Start / 512, grown.Length / 512), ((long)seen["start"]!, (long)seen["size"]!));
        if (after.Kind == PartitionTableKind.Gpt) Assert.Contains("No problems found", HostTool.RunOk("sgdisk", "-v", image).Output, StringComparison.Ordinal);
        var parted = HostTool.Run("parted", "-s", "-m", image, "unit", "B", "print");
        Assert.True(parted.ExitCode == 0 && parted.Error.Length == 0, parted.Output + parted.Error);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{grown.Number}:{grown.Start}B:{grown.End - 1}B:"), parted.Output, StringComparison.Ordinal);
    }

    [ToolFact("sgdisk")]
    public void What_lies_behind_is_named()
    {
        using var folder = new TemporaryFolder();
        foreach (var (kind, number, behind) in ((string, int, string)[])[("balena-mbr", 5, "partition 6 lies behind"), ("balena-gpt", 4, "partition 5 (resin-data) lies behind"), ("balena-gpt", 1, "partition 2 (resin-rootA)"), ("two-logical", 1, "partition 4 lies behind"), ("middle", 5, "partition 2 lies behind")])
        {
            Make(kind, folder["disk.img"]);
            var table = Read(folder["disk.img"]);
            var error = Assert.Throws<UnsupportedFormatException>(() => PartitionGrowth.Of(table, table.Partitions.Single(p => p.Number == number), 1 << 30));
            Assert.Contains(behind, error.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("sgdisk")]
    public void A_table_that_cannot_say_it_or_is_damaged_is_refused()
    {
        using var folder = new TemporaryFolder();
        Make("primary", folder["disk.img"]);
        var table = Read(folder["disk.img"]);
        var growth = PartitionGrowth.Of(table, table.Partitions[0], 100 * MiB);
        Assert.Contains("GPT", Assert.Throws<OutOfSpaceException>(() => growth.DiskLength(3L << 40)).Message, StringComparison.Ordinal);

        Make("balena-gpt", folder["disk.img"]);
        using (var file = File.OpenHandle(folder["disk.img"], FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(file, [1], RandomAccess.GetLength(file) - 450);
        table = Read(folder["disk.img"]);
        Assert.Contains("backup GPT", Assert.Throws<UnsupportedFormatException>(() => PartitionGrowth.Of(table, table.Partitions[^1], 1 << 30)).Message, StringComparison.Ordinal);
    }

    private static void Make(string kind, string image)
    {
        switch (kind)
        {
            case "balena-mbr" or "balena-gpt":
                DiskImages.Balena(image, kind == "balena-gpt", 60 * MiB);
                break;
            case "primary":
                DiskImages.WriteMbr(image, 64 * MiB, new PartitionSpec(1, MiB, 50 * MiB, 0x83, "data"));
                break;
            case "two-logical":
                DiskImages.WriteMbr(image, 96 * MiB, new(1, 4 * MiB, 16 * MiB, 0x83, ""), new(4, 20 * MiB, 76 * MiB, 0x0f, ""), new(5, 24 * MiB, 20 * MiB, 0x83, ""), new(6, 48 * MiB, 48 * MiB, 0x83, ""));
                break;
            case "middle":
                DiskImages.WriteMbr(image, 96 * MiB, new(1, 4 * MiB, 36 * MiB, 0x0f, ""), new(2, 40 * MiB, 20 * MiB, 0x83, ""), new(5, 8 * MiB, 30 * MiB, 0x83, ""));
                break;
            default:
                DiskImages.WriteGpt(image, 64 * MiB, new PartitionSpec(1, MiB, 40 * MiB, 0, "only"));
                break;
        }
    }

    private static PartitionTable Read(string image)
    {
        using var disk = FileDisk.OpenRead(image);
        return PartitionTable.Read(disk);
    }

    private static ResizableDisk Open(string image) => new(image);

    private sealed class ResizableDisk(string image) : IDisk, IDisposable
    {
        private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite);

        public long Length => RandomAccess.GetLength(_file);

        public void SetLength(long length) => RandomAccess.SetLength(_file, length);

        public void Read(long offset, Span<byte> buffer) => RandomAccess.Read(_file, buffer, offset);

        public void Write(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(_file, data, offset);

        public void Dispose() => _file.Dispose();
    }
}
