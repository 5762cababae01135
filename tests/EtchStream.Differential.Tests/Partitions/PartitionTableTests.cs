using System.Globalization;
using System.Text;
using System.Text.Json;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Partitions;

/// <summary>Tables written by the usual tools, read by us and by them.</summary>
public sealed class PartitionTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Scripts => new()
    {
        { "four primaries", "label: dos\n4MiB,40MiB,0xE,*\n,30MiB,L\n,30MiB,0x82\n,,L\n" },
        { "gaps, out of order", "label: dos\nstart=100MiB,size=10MiB,type=83\nstart=50MiB,size=10MiB,type=c\nstart=7777,size=1234,type=83\n" },
        { "only the third slot", "label: dos\n3: start=2048,size=4096,type=83\n" },
        { "balenaOS, MBR", "label: dos\n4MiB,40MiB,0xE,*\n44MiB,60MiB,L\n104MiB,60MiB,L\n164MiB,,0xF\n168MiB,20MiB,L\n192MiB,,L\n" },
        { "sixty numbers, most of them logical", "label: dos\n2048,2048,L\n4096,,E\n" + string.Concat(Enumerable.Range(0, 56).Select(i => $"start={8192 + (i * 6000)},size={3000 + i},type=83\n")) },
        { "logical ones out of order", "label: dos\n1: start=2048,size=400000,type=5\n5: start=300000,size=2000,type=83\n6: start=10000,size=2000,type=83\n7: start=200000,size=2000,type=83\n" },
        { "an empty extended one", "label: dos\n2048,2048,L\n4096,,E\n" },
        { "balenaOS, GPT", "label: gpt\nstart=4MiB,size=40MiB,type=U,name=resin-boot\nstart=44MiB,size=60MiB,name=resin-rootA\nstart=104MiB,size=60MiB,name=resin-rootB\nstart=164MiB,size=20MiB,name=resin-state\nstart=184MiB,name=resin-data\n" },
        { "GPT with gaps in the numbers", "label: gpt\n2: start=2048,size=2048\n9: start=8192,size=77\n128: start=5000,size=10\n" },
        { "empty MBR", "label: dos\n" },
        { "empty GPT", "label: gpt\n" },
    };

    [ToolTheory("sfdisk", "partx")]
    [MemberData(nameof(Scripts))]
    public void What_sfdisk_writes_is_listed_as_sfdisk_and_libblkid_list_it(string name, string script)
    {
        Assert.NotEmpty(name);
        var image = Image(256L << 20);
        HostTool.Run(new HostToolCall("sfdisk", "-q", image) { Input = Encoding.UTF8.GetBytes(script) }).Succeeded();

        Assert.Equal(BySfdisk(image), Ours(image, withNames: true));
        Assert.Equal(ByPartx(image), Ours(image, withNames: false));
    }

    [ToolTheory("sgdisk", "sfdisk", "partx")]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(4)]
    public void What_sgdisk_writes_is_listed_as_sfdisk_and_libblkid_list_it(int entries)
    {
        var image = Image(64L << 20);
        HostTool.RunOk("sgdisk", "-S", entries.ToString(CultureInfo.InvariantCulture), "-n", "1:2048:4095", "-c", "1:Größe 日本 💾", "-n", "4:8192:+3M", "-c", "4:plain", "-t", "4:8200", image);
        Assert.Equal(BySfdisk(image), Ours(image, withNames: true));
        Assert.Equal(ByPartx(image), Ours(image, withNames: false));
        using var disk = FileDisk.OpenRead(image);
        Assert.Equal("Größe 日本 💾", PartitionTable.Read(disk).Partitions[0].Name);
        Assert.Equal(1, PartitionFinder.Find(PartitionTable.Read(disk), disk, "Größe 日本 💾").Number);
    }

    [ToolTheory("parted", "sfdisk")]
    [InlineData("msdos")]
    [InlineData("gpt")]
    public void What_parted_writes_is_listed_as_parted_lists_it(string label)
    {
        var image = Image(256L << 20);
        HostTool.RunOk("parted", "-s", image, "mklabel", label);
        HostTool.RunOk("parted", "-s", image, "mkpart", label == "gpt" ? "resin-boot" : "primary", "fat16", "4MiB", "44MiB");
        if (label == "msdos") HostTool.RunOk("parted", "-s", image, "mkpart", "extended", "48MiB", "100%");
        HostTool.RunOk("parted", "-s", image, "mkpart", label == "gpt" ? "resin-state" : "logical", "52MiB", "72MiB");
        HostTool.RunOk("parted", "-s", image, "mkpart", label == "gpt" ? "resin-data" : "logical", "76MiB", "100%");

        var listed = HostTool.RunOk("parted", "-s", "-m", image, "unit", "B", "print").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2)
            .Select(line => line.Split(':')).Select(f => $"{f[0]} {f[1].TrimEnd('B')} {f[3].TrimEnd('B')}");
        using var disk = FileDisk.OpenRead(image);
        Assert.Equal(listed, PartitionTable.Read(disk).Partitions.Select(p => $"{p.Number} {p.Start} {p.Length}"));
        Assert.Equal(BySfdisk(image), Ours(image, withNames: true));
    }

    [ToolTheory("sgdisk", "losetup", "sfdisk", RequiresRoot = true)]
    [InlineData(true)]
    [InlineData(false)]
    public void Sectors_of_4096_bytes_are_found_out(bool gpt)
    {
        var image = Image(128L << 20);
        var loop = HostTool.RunOk("losetup", "-f", "--show", "-b", "4096", image).Output.Trim();
        string[] expected;
        try
        {
            if (gpt) HostTool.RunOk("sgdisk", "-n", "1:256:2559", "-c", "1:boot", "-n", "2:4096:0", "-c", "2:data", loop);
            else HostTool.Run(new HostToolCall("sfdisk", "-q", loop) { Input = "label: dos\nstart=256,size=2304,type=83\nstart=4096,type=5\nstart=4608,type=83\n"u8.ToArray() }).Succeeded();
            expected = BySfdisk(loop);
            if (!gpt) HostTool.RunOk("mke2fs", "-q", "-F", "-E", "offset=1048576", image, "9216k");
        }
        finally
        {
            HostTool.RunOk("losetup", "-d", loop);
        }

        using var disk = FileDisk.OpenRead(image);
        Assert.Equal(4096, PartitionTable.Read(disk).SectorSize);
        Assert.Equal(expected, Ours(image, withNames: true));
    }

    [ToolFact("sgdisk", "sfdisk")]
    public void A_hybrid_MBR_of_sgdisk_leaves_the_GPT_in_charge()
    {
        var image = Image(64L << 20);
        HostTool.RunOk("sgdisk", "-n", "1:2048:4095", "-n", "2:8192:+3M", "-h", "1:2", image);
        using var disk = FileDisk.OpenRead(image);
        var table = PartitionTable.Read(disk);
        Assert.Equal(PartitionTableKind.Gpt, table.Kind);
        Assert.Equal(2, table.Partitions.Count);
        Assert.Contains("hybrid", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string[] Ours(string image, bool withNames)
    {
        using var disk = FileDisk.OpenRead(image);
        var table = PartitionTable.Read(disk);
        Assert.Empty(table.Warnings);
        var size = table.SectorSize;
        return withNames
            ? [.. table.Partitions.Select(p => $"{p.Number} {p.Start / size} {p.Length / size} {Type(p)} {p.IsBootable} name={p.Name} id={(p.Type.Gpt is null ? "" : p.UniqueId)}")]
            : [.. table.Partitions.Select(p => $"{p.Number} {p.Start / 512} {p.Length / 512} {p.UniqueId}")];
    }

    private static string Type(Partition partition) =>
        partition.Type.Mbr is { } type ? type.ToString("x", CultureInfo.InvariantCulture) : partition.Type.ToString();

    private static string[] BySfdisk(string device)
    {
        var bytes = Encoding.Latin1.GetBytes(HostTool.RunOk("sfdisk", "--json", device).Output);
        using var json = JsonDocument.Parse(bytes);
        if (!json.RootElement.GetProperty("partitiontable").TryGetProperty("partitions", out var partitions)) return [];
        var isGpt = json.RootElement.GetProperty("partitiontable").GetProperty("label").GetString() == "gpt";
        return [.. partitions.EnumerateArray().Select(p => string.Join(
            ' ',
            p.GetProperty("node").GetString()![device.Length..].TrimStart('p'),
            p.GetProperty("start").GetInt64(),
            p.GetProperty("size").GetInt64(),
            p.GetProperty("type").GetString(),
            p.TryGetProperty("bootable", out var bootable) && bootable.GetBoolean(),
            "name=" + (p.TryGetProperty("name", out var name) ? name.GetString() : ""),
            "id=" + (isGpt ? p.GetProperty("uuid").GetString()!.ToLowerInvariant() : "")))];
    }

    private static string[] ByPartx(string image) =>
        [.. HostTool.Run("partx", "--raw", "--noheadings", "-o", "NR,START,SECTORS,UUID", image).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private string Image(long length)
    {
        var path = _folder["disk.img"];
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    }
}
