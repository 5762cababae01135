using System.IO.Compression;
using System.Text.Json.Nodes;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>check</c> on small images; what it finds in real stores is the differential tests' matter.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly ContainerDiskFile _disk = new();

    public void Dispose() => _disk.Dispose();

    [ToolFact("mke2fs")]
    public void A_sound_image_is_good()
    {
        var result = CliProcess.Run("check", _disk.Image).Succeeded();
        Assert.EndsWith($"{_disk.Image}: good\n", result.Output);
        Assert.Contains("checked partition 1 (resin-data): ext4", result.Output);
        Assert.Empty(result.Error);
    }

    [ToolFact("mke2fs", "debugfs")]
    public void A_defect_is_one_line_and_exit_code_3()
    {
        new Ext4Image(_disk.Image, 1 << 20, 12 << 20).DebugFs("ssv free_inodes_count 3", write: true);
        var result = CliProcess.Run("check", _disk.Image);
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("error: partition 1 (resin-data): the superblock counts 3 free inodes", result.Output);
        Assert.EndsWith($"{_disk.Image}: 1 error, 0 warnings\n", result.Output);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("1 defect was found", result.Error);

        result = CliProcess.Run("check", "--json", _disk.Image);
        Assert.Equal(3, result.ExitCode);
        var json = JsonNode.Parse(result.Output)!;
        Assert.Equal((false, 1), ((bool)json["isGood"]!, (int)json["errors"]!));
        Assert.Equal("error", ((string)json["findings"]![0]!["severity"]!).ToLowerInvariant());
    }

    [ToolFact("mke2fs", "losetup", RequiresRoot = true)]
    public void A_block_device_is_checked_as_a_file_is()
    {
        using var device = LoopDevice.Open(_disk.Image, readOnly: true);
        Assert.EndsWith($"{device.Path}: good\n", CliProcess.Run("check", device.Path).Succeeded().Output);
    }

    [ToolFact("mke2fs")]
    public void What_is_no_raw_image_is_refused_by_name()
    {
        using (var gzip = new GZipStream(File.Create(_disk.Folder["disk.img.gz"]), CompressionLevel.Fastest)) gzip.Write(File.ReadAllBytes(_disk.Image));
        _disk.Pack().Succeeded();
        Check(4, "decompress it first", _disk.Folder["disk.img.gz"]);
        Check(4, "unpack it", _disk.Output);
        Check(1, "no such file", _disk.Folder["missing"]);
        Check(1, "it is a folder", _disk.Folder.FullPath);
        File.WriteAllText(_disk.Folder["text"], new string('t', 100_000));
        Check(3, "it is not going to work", _disk.Folder["text"]);
        Check(1, "it is a character device", "/dev/null");
        Check(2, "missing");
        Check(2, "one image only", _disk.Image, _disk.Image);
        Check(2, "standard input", "-");
    }

    private static void Check(int code, string expected, params string[] arguments)
    {
        var result = CliProcess.Run(["check", .. arguments]);
        Assert.True(code == result.ExitCode, $"{string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Output}{result.Error}");
        Assert.Contains(expected, result.Error);
    }
}
