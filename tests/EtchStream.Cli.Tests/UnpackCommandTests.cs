using System.Security.Cryptography;
using System.Text.Json;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class UnpackCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _image = new byte[3 << 20];

    public UnpackCommandTests()
    {
        new Random(5).NextBytes(_image.AsSpan(700_000, 900_000));
        File.WriteAllBytes(_folder["disk.img"], _image);
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["a.tar"]).Succeeded();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_packed_is_unpacked()
    {
        CliProcess.Run("unpack", _folder["a.tar"], _folder["flashed"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
    }

    [ToolTheory("sh")]
    [InlineData("auto", "2>&-")]
    [InlineData("plain", "2>&-")]
    [InlineData("json", "2>&-")]
    [InlineData("plain", "2>/dev/full")]
    [InlineData("json", "2>/dev/full")]
    public void Where_nothing_can_be_told_the_work_is_done_all_the_same(string progress, string closed)
    {
        var run = HostTool.Run("sh", "-c", $"exec \"$@\" {closed}", "sh", EtchStreamProgram.Path, "unpack", _folder["a.tar"], _folder["flashed"], "--progress", progress);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
        Assert.Equal(1, HostTool.Run("sh", "-c", $"exec \"$@\" {closed}", "sh", EtchStreamProgram.Path, "unpack", _folder["none.tar"], _folder["flashed"], "--progress", progress).ExitCode);
    }

    [ToolFact("sh", "cmp")]
    public void Nothing_is_told_into_an_archive_where_standard_error_is_closed() =>
        HostTool.RunOk("sh", "-c", "\"$@\" -o - 2>&- | cmp - \"$0\"", _folder["a.tar"], EtchStreamProgram.Path, "pack", "--image", _folder["disk.img"]);

    [ToolTheory("ln")]
    [InlineData("/dev/etchstream-{0}")]
    [InlineData("/dev/net/etchstream-{0}")]
    [InlineData("/dev/disk/by-id/etchstream-{0}")]
    public void The_name_of_a_device_that_is_not_there_does_not_become_a_file(string name)
    {
        var device = string.Format(System.Globalization.CultureInfo.InvariantCulture, name, Guid.NewGuid().ToString("N"));
        HostTool.RunOk("ln", "-s", device, _folder["link"]);
        foreach (var path in (string[])[device, _folder["link"]])
        {
            foreach (var run in (HostToolResult[])[CliProcess.Run("unpack", _folder["a.tar"], path), CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", path)])
            {
                Assert.Equal(7, run.ExitCode);
                Assert.Contains("there is no such device", run.Error, StringComparison.Ordinal);
            }
        }

        Assert.False(File.Exists(device));
    }

    [Fact]
    public void The_reports_are_JSON_on_standard_output_and_agree()
    {
        using var packed = JsonDocument.Parse(CliProcess.Run("pack", "--json", "--image", _folder["disk.img"], "-o", _folder["b.tar"]).Succeeded().Output);
        using var unpacked = JsonDocument.Parse(CliProcess.Run("unpack", "--json", _folder["b.tar"], _folder["flashed"], _folder["none/x"]).Output);
        var trailer = packed.RootElement.GetProperty("trailer");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_image)), trailer.GetProperty("image").GetProperty("sha256").GetString());
        Assert.Equal(trailer.GetProperty("archive").GetProperty("sha256").GetString(), unpacked.RootElement.GetProperty("archiveDigest").GetString());
        Assert.Equal(new FileInfo(_folder["b.tar"]).Length, packed.RootElement.GetProperty("outputBytes").GetInt64());
        Assert.Equal(_image.Length, unpacked.RootElement.GetProperty("imageSize").GetInt64());
        Assert.True(unpacked.RootElement.GetProperty("elapsedSeconds").GetDouble() > 0);
        var outputs = unpacked.RootElement.GetProperty("outputs");
        Assert.False(outputs[0].TryGetProperty("error", out _));
        Assert.Contains("does not exist", outputs[1].GetProperty("error").GetString(), StringComparison.Ordinal);

        Assert.Equal(2, CliProcess.Run("pack", "--json", "--image", _folder["disk.img"], "-o", "-").ExitCode);
    }

    [ToolFact("sh")]
    public void A_pipe_from_pack_to_unpack_gives_the_image()
    {
        HostTool.RunOk("sh", "-c", "\"$0\" pack --image \"$1\" --compress zstd -o - | \"$0\" unpack - \"$2\"", EtchStreamProgram.Path, _folder["disk.img"], _folder["flashed"]);
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
    }

    [ToolFact("bash")]
    public void A_pipe_whose_writer_dies_is_truncated()
    {
        var random = new byte[20_000_000];
        new Random(6).NextBytes(random);
        File.WriteAllBytes(_folder["disk.img"], random);
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["large.tar"]).Succeeded();
        var result = HostTool.Run("bash", "-c", "head -c 9000000 \"$1\" | \"$0\" unpack - \"$2\"", EtchStreamProgram.Path, _folder["large.tar"], _folder["flashed"]);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("truncated", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["flashed"]));
    }

    [Fact]
    public void A_truncated_and_a_damaged_archive_are_exit_code_3_and_leave_nothing()
    {
        var bytes = File.ReadAllBytes(_folder["a.tar"]);
        File.WriteAllBytes(_folder["cut.tar"], bytes[..(bytes.Length / 2)]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_folder["flipped.tar"], bytes);
        foreach (var name in new[] { "cut.tar", "flipped.tar" })
        {
            var result = CliProcess.Run("unpack", _folder[name], _folder["flashed"]);
            Assert.Equal(3, result.ExitCode);
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(4, Directory.GetFileSystemEntries(_folder.FullPath).Length);
        }
    }

    [ToolTheory("mke2fs", "debugfs")]
    [InlineData("--inject 1:/etc/motd=NOTE", 0, "")]
    [InlineData("--inject nonsense", 2, "PART:DEST=SRC")]
    [InlineData("--inject 7:/a=NOTE", 2, "--inject: no partition 7")]
    [InlineData("--inject nowhere:/a=NOTE", 2, "--inject: no partition with the label")]
    [InlineData("--inject 1:/a=MISSING", 1, "no such file")]
    [InlineData("--config NOTE", 3, "not JSON")]
    [InlineData("--config MISSING", 1, "--config")]
    [InlineData("--config ''", 2, "--config")]
    [InlineData("--config JSON", 2, "--config: the disk image has no partition resin-boot")]
    [InlineData("--splash NOTE", 2, "--splash: the disk image has no partition resin-boot")]
    [InlineData("--config JSON --config JSON", 2, "--config")]
    public void Files_can_be_given_at_flash_time(string options, int code, string expected)
    {
        using var disk = new ContainerDiskFile();
        CliProcess.Run("pack", "--image", disk.Image, "-o", _folder["b.tar"]).Succeeded();
        File.WriteAllText(_folder["NOTE"], "hello\n");
        File.WriteAllText(_folder["JSON"], "{}");
        string[] arguments = [.. options.Split(' ').Select(o => o == "''" ? "" : o.Replace("NOTE", _folder["NOTE"]).Replace("MISSING", _folder["missing"]).Replace("JSON", _folder["JSON"]))];
        var result = CliProcess.Run(["unpack", _folder["b.tar"], _folder["flashed"], .. arguments]);
        Assert.True(code == result.ExitCode, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(code == 0, File.Exists(_folder["flashed"]));
        if (code == 0) Assert.Equal("hello\n", new Ext4Image(_folder["flashed"], 1 << 20, 12 << 20).DebugFs("cat /etc/motd"));
    }

    [Fact]
    public void The_archive_itself_is_not_an_output()
    {
        var before = File.ReadAllBytes(_folder["a.tar"]);
        Assert.Equal(7, CliProcess.Run("unpack", _folder["a.tar"], _folder["a.tar"]).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(_folder["a.tar"]));
    }

    [ToolFact("mount", "umount", RequiresRoot = true)]
    public void A_disk_that_fills_up_is_exit_code_5_and_leaves_nothing()
    {
        var small = _folder.MakeFolder("small");
        File.WriteAllBytes(_folder["full.img"], Enumerable.Repeat((byte)7, 8 << 20).ToArray());
        Assert.Equal(0, CliProcess.Run("pack", "--image", _folder["full.img"], "-o", _folder["full.tar"]).ExitCode);
        HostTool.RunOk("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small);
        try
        {
            var result = CliProcess.Run("unpack", _folder["full.tar"], Path.Combine(small, "out.img"));
            Assert.Equal(5, result.ExitCode);
            Assert.Contains("out.img", result.Error);
            Assert.Contains("8388608", result.Error);
            Assert.Empty(Directory.GetFileSystemEntries(small));
        }
        finally
        {
            HostTool.RunOk("umount", small);
        }
    }
}
