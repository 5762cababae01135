using System.Diagnostics;
using System.Text.Json;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class PackCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackCommandTests() => File.WriteAllBytes(_folder["disk.img"], new byte[1 << 20]);

    private string Image => _folder["disk.img"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_tells_on_standard_error_what_it_did_and_quiet_tells_nothing()
    {
        var told = CliProcess.Run("pack", "--image", Image, "-o", _folder["a.tar"]).Succeeded();
        Assert.Empty(told.Output);
        Assert.Contains("disk.img", told.Error);
        var quiet = CliProcess.Run("pack", "--image", Image, "--quiet", "--output", _folder["b.tar"]).Succeeded();
        Assert.Empty(quiet.Output + quiet.Error);
        Assert.Equal(File.ReadAllBytes(_folder["a.tar"]), File.ReadAllBytes(_folder["b.tar"]));
    }

    [ToolFact("sh")]
    public void Standard_output_gets_the_same_bytes_as_a_file()
    {
        CliProcess.Run("pack", "--image", Image, "-o", _folder["a.tar"]).Succeeded();
        HostTool.RunOk("sh", "-c", "\"$0\" pack --image \"$1\" -o - > \"$2\"", EtchStreamProgram.Path, Image, _folder["b.tar"]);
        HostTool.RunOk("sh", "-c", "\"$0\" pack --image \"$1\" -o - | cat > \"$2\"", EtchStreamProgram.Path, Image, _folder["c.tar"]);
        HostTool.RunOk("sh", "-c", "\"$0\" pack --image \"$1\" -o /dev/stdout | cat > \"$2\"", EtchStreamProgram.Path, Image, _folder["d.tar"]);
        foreach (var name in new[] { "b.tar", "c.tar", "d.tar" }) Assert.Equal(File.ReadAllBytes(_folder["a.tar"]), File.ReadAllBytes(_folder[name]));
    }

    [ToolFact("bash", "head")]
    public void A_reader_that_goes_away_ends_the_run_with_a_word()
    {
        File.WriteAllBytes(_folder["full.img"], Enumerable.Repeat((byte)7, 8 << 20).ToArray());
        var result = HostTool.Run("bash", "-c", "\"$0\" pack --image \"$1\" -o - | head -c 1000 > /dev/null; exit ${PIPESTATUS[0]}", EtchStreamProgram.Path, _folder["full.img"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("etchstream: standard output: its reader has gone before the archive was complete", result.Error.Trim());
    }

    [Fact]
    public void Progress_for_machines_is_JSON_lines()
    {
        var result = CliProcess.Run("pack", "--image", Image, "-o", _folder["a.tar"], "--progress", "json").Succeeded();
        var lines = result.Error.Split('\n').Where(l => l.StartsWith('{')).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines) JsonDocument.Parse(line).Dispose();
    }

    [Theory]
    [InlineData("missing.img", "out.tar", 1)]
    [InlineData("disk.img", "no-folder/out.tar", 1)]
    [InlineData("disk.img", "disk.img", 7)]
    [InlineData("disk.img", "folder", 7)]
    [InlineData("empty.img", "out.tar", 3)]
    public void A_failure_is_one_line_and_its_number_and_leaves_nothing(string image, string output, int code)
    {
        _folder.MakeFolder("folder");
        File.WriteAllBytes(_folder["empty.img"], []);
        var before = Directory.GetFileSystemEntries(_folder.FullPath);
        var result = CliProcess.Run("pack", "--image", _folder[image], "-o", _folder[output]);
        Assert.Equal(code, result.ExitCode);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.FullPath));
        Assert.Contains("   at ", CliProcess.Run("pack", "--image", _folder[image], "-o", _folder[output], "--verbose").Error);
    }

    [ToolFact("setpriv", "chmod", RequiresRoot = true)]
    public void A_file_that_may_not_be_read_is_named()
    {
        var tree = _folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "secret"), "x");
        HostTool.RunOk("chmod", "000", Path.Combine(tree, "secret"));
        HostTool.RunOk("chmod", "755", _folder.FullPath);
        var image = Ext4Image();
        var result = HostTool.Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", EtchStreamProgram.Path, "pack", "--image", image, "--inject", $"1:/={tree}", "-o", "/dev/null");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("secret", result.Error);
    }

    [ToolFact("mount", "umount", RequiresRoot = true)]
    public void A_full_disk_is_exit_code_5_and_leaves_nothing()
    {
        var small = _folder.MakeFolder("small");
        File.WriteAllBytes(_folder["full.img"], Enumerable.Repeat((byte)7, 8 << 20).ToArray());
        HostTool.RunOk("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small);
        try
        {
            var result = CliProcess.Run("pack", "--image", _folder["full.img"], "-o", Path.Combine(small, "out.tar"));
            Assert.Equal(5, result.ExitCode);
            Assert.Contains("out.tar", result.Error);
            Assert.Contains("8388608", result.Error);
            Assert.Empty(Directory.GetFileSystemEntries(small));
        }
        finally
        {
            HostTool.RunOk("umount", small);
        }
    }

    [ToolTheory("kill")]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task A_signal_ends_the_run_with_130_and_leaves_nothing(string signal)
    {
        // Hours of zeros to hash, but not a byte on the disk.
        await using (var file = File.Create(_folder["huge.img"])) file.SetLength(1L << 42);
        var before = Directory.GetFileSystemEntries(_folder.FullPath).Length;
        using var process = CliProcess.Start("pack", "--image", _folder["huge.img"], "-o", _folder["out.tar"]);
        var watch = Stopwatch.StartNew();
        while (Directory.GetFileSystemEntries(_folder.FullPath).Length == before && !process.HasExited)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "no output file was begun");
            await Task.Delay(20);
        }

        HostTool.RunOk("kill", signal, $"{process.Id}");
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("interrupted", await process.StandardError.ReadToEndAsync());
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.FullPath).Length);
    }

    /// <summary>A disk with one partition whose superblock says ext4.</summary>
    private string Ext4Image()
    {
        var image = new byte[4 << 20];
        image[446 + 4] = 0x83;
        BitConverter.TryWriteBytes(image.AsSpan(446 + 8), 2048);
        BitConverter.TryWriteBytes(image.AsSpan(446 + 12), 4096);
        (image[510], image[511]) = (0x55, 0xAA);
        BitConverter.TryWriteBytes(image.AsSpan((1 << 20) + 1024), 128);
        BitConverter.TryWriteBytes(image.AsSpan((1 << 20) + 1028), 1024);
        BitConverter.TryWriteBytes(image.AsSpan((1 << 20) + 1024 + 32), 32768);
        BitConverter.TryWriteBytes(image.AsSpan((1 << 20) + 1024 + 56), (ushort)0xEF53);
        BitConverter.TryWriteBytes(image.AsSpan((1 << 20) + 1024 + 96), 0x40);
        File.WriteAllBytes(_folder["ext4.img"], image);
        return _folder["ext4.img"];
    }
}
