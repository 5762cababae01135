using System.Diagnostics;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>unpack</c> onto block devices: loop devices over files full of old data.</summary>
public sealed class DeviceCommandTests : IDisposable
{
    private const long DeviceLength = 64 << 20;
    private const int Head = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public DeviceCommandTests() => File.WriteAllText(_folder["note"], "hello\n");

    public void Dispose() => _folder.Dispose();

    [ToolFact("losetup", "mke2fs")]
    public void A_device_gets_the_bytes_that_a_file_gets_and_no_old_data_shows_through()
    {
        var archive = Pack();
        CliProcess.Run("unpack", archive, _folder["flashed"], "--inject", $"1:/note={_folder["note"]}").Succeeded();
        using var device = MakeDevice("backing", DeviceLength);
        CliProcess.Run("unpack", archive, "--verify", device.Path, "--inject", $"1:/note={_folder["note"]}").Succeeded();
        var expected = File.ReadAllBytes(_folder["flashed"]);
        var actual = File.ReadAllBytes(device.Path);
        Assert.Equal(expected, actual[..expected.Length]);

        // Behind the image all is as it was, but for the place of GPT's backup.
        Assert.All(actual[expected.Length..((int)DeviceLength - 20480)], b => Assert.Equal(0xA5, b));
        Assert.All(actual[((int)DeviceLength - 17408)..], b => Assert.Equal(0, b));
        Assert.Empty(new Ext4Image(device.Path, 1 << 20, 12 << 20).Check());
    }

    [ToolFact("losetup", "mke2fs")]
    public void A_device_that_is_too_small_is_told_before_a_byte_is_written()
    {
        using var device = MakeDevice("small", 8 << 20);
        var result = CliProcess.Run("unpack", Pack(), device.Path);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("the device has 8388608 bytes, the image needs", result.Error, StringComparison.Ordinal);
        Assert.All(File.ReadAllBytes(device.Path), b => Assert.Equal(0xA5, b));
    }

    [ToolFact("losetup", "mke2fs", "mount")]
    public void A_device_in_use_is_refused_even_by_force_and_one_that_is_read_only_without_it()
    {
        var archive = Pack();
        using (var mounted = MakeDevice("mounted", DeviceLength))
        {
            HostTool.RunOk("mke2fs", "-q", "-F", mounted.Path);
            var before = File.ReadAllBytes(mounted.Path);
            HostTool.RunOk("mount", "-o", "ro", mounted.Path, Directory.CreateDirectory(_folder["at"]).FullName);
            try
            {
                foreach (var force in (string[][])[[], ["--force"]])
                {
                    var result = CliProcess.Run(["unpack", archive, mounted.Path, .. force]);
                    Assert.Equal(7, result.ExitCode);
                    Assert.Contains($"mounted at {_folder["at"]}", result.Error, StringComparison.Ordinal);
                }

                Assert.Equal(before, File.ReadAllBytes(mounted.Path));
            }
            finally
            {
                HostTool.RunOk("umount", _folder["at"]);
            }
        }

        using var readOnly = MakeDevice("readonly", DeviceLength);
        HostTool.RunOk("blockdev", "--setro", readOnly.Path);
        var refused = CliProcess.Run("unpack", archive, readOnly.Path);
        Assert.Equal(7, refused.ExitCode);
        Assert.Contains("read-only", refused.Error, StringComparison.Ordinal);
        CliProcess.Run("unpack", archive, readOnly.Path, "--force").Succeeded();
    }

    [ToolFact("losetup", "mke2fs")]
    public void A_device_that_another_loop_device_stands_on_is_refused()
    {
        var archive = Pack();
        using var below = MakeDevice("below", DeviceLength);
        using (var above = LoopDevice.Open(below.Path, readOnly: false))
        {
            var result = CliProcess.Run("unpack", archive, below.Path);
            Assert.Equal(7, result.ExitCode);
            Assert.Contains(Path.GetFileName(above.Path), result.Error, StringComparison.Ordinal);
        }
    }

    [ToolFact("findmnt")]
    public void The_disk_of_the_running_system_is_refused()
    {
        var root = HostTool.RunOk("findmnt", "-n", "-o", "SOURCE", "/").Output.Trim();
        if (!root.StartsWith("/dev/", StringComparison.Ordinal) || !File.Exists(root)) return;
        File.WriteAllText(_folder["any.tar"], "no archive: it must not even be read");
        foreach (var force in (string[][])[[], ["--force"]])
        {
            var result = CliProcess.Run(["unpack", _folder["any.tar"], root, .. force]);
            Assert.Equal(7, result.ExitCode);
            Assert.Contains("mounted at", result.Error, StringComparison.Ordinal);
        }
    }

    [ToolFact("losetup", "mke2fs")]
    public void A_damaged_archive_leaves_a_device_without_a_partition_table()
    {
        var archive = Pack();
        var bytes = File.ReadAllBytes(archive);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_folder["flipped.tar"], bytes);
        File.WriteAllBytes(_folder["cut.tar"], bytes[..(bytes.Length - 4096)]);
        foreach (var name in (string[])["flipped.tar", "cut.tar"])
        {
            using var device = MakeDevice("backing", DeviceLength);
            Assert.Equal(3, CliProcess.Run("unpack", _folder[name], device.Path).ExitCode);
            AssertNoTable(device.Path);
        }
    }

    [ToolFact("losetup", "mke2fs")]
    public void Killed_at_any_moment_neither_file_nor_device_looks_done()
    {
        var archive = Pack();
        var runs = Soak.IsOn ? 1000 : 200;
        var random = new Random(61);
        var old = Enumerable.Repeat((byte)0xA5, Head).ToArray();
        int untouched = 0, wiped = 0, done = 0;
        using var device = MakeDevice("backing", DeviceLength);
        var watch = Stopwatch.StartNew();
        CliProcess.Run("unpack", archive, device.Path, _folder["flashed"]).Succeeded();
        var whole = watch.Elapsed;
        for (var run = 0; run < runs; run++)
        {
            using (var raw = File.OpenHandle(device.Path, FileMode.Open, FileAccess.Write)) RandomAccess.Write(raw, old, 0);
            File.Delete(_folder["flashed"]);
            using (var process = CliProcess.Start("unpack", archive, device.Path, _folder["flashed"]))
            {
                if (!process.WaitForExit(whole * random.NextDouble())) process.Kill();
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    done++;
                    continue;
                }
            }

            // Each output is committed by itself: one may be complete, and then is, when the run is killed at its very end.
            var head = new byte[Head];
            using (var raw = File.OpenHandle(device.Path)) RandomAccess.Read(raw, head, 0);
            if (head.AsSpan().SequenceEqual(old)) untouched++;
            else if (head.AsSpan(0, 4096).IndexOfAnyExcept((byte)0) < 0) wiped++;
            else Assert.Equal(File.ReadAllBytes(Reference(archive)), File.ReadAllBytes(device.Path)[..(int)new FileInfo(Reference(archive)).Length]);
            if (File.Exists(_folder["flashed"])) Assert.Equal(File.ReadAllBytes(Reference(archive)), File.ReadAllBytes(_folder["flashed"]));
            foreach (var left in Directory.GetFiles(_folder.FullPath, ".*.part")) File.Delete(left);
        }

        Assert.True(untouched + wiped > 0, $"{untouched} untouched, {wiped} wiped, {done} done: none was killed in time");
        CliProcess.Run("unpack", archive, device.Path, _folder["flashed"]).Succeeded();
        Assert.Equal(File.ReadAllBytes(_folder["flashed"]), File.ReadAllBytes(device.Path)[..(int)new FileInfo(_folder["flashed"]).Length]);
    }

    [ToolFact("losetup", "mke2fs")]
    public void Of_several_outputs_one_that_fails_is_dropped_and_the_others_are_complete()
    {
        var archive = Pack();
        using var small = MakeDevice("small", 8 << 20);
        using var large = MakeDevice("large", DeviceLength);
        var result = CliProcess.Run("unpack", archive, large.Path, _folder["one"], small.Path, _folder["nowhere/two"], _folder["three"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("2 of 5 outputs could not be written", result.Error, StringComparison.Ordinal);
        Assert.Contains($"FAILED  {small.Path}: the device has 8388608 bytes", result.Error, StringComparison.Ordinal);
        Assert.Contains($"FAILED  {_folder["nowhere/two"]}: the folder", result.Error, StringComparison.Ordinal);
        var expected = File.ReadAllBytes(Reference(archive));
        Assert.Equal(expected, File.ReadAllBytes(_folder["one"]));
        Assert.Equal(expected, File.ReadAllBytes(_folder["three"]));
        Assert.Equal(expected, File.ReadAllBytes(large.Path)[..expected.Length]);

        Assert.Equal(1, CliProcess.Run("unpack", archive, small.Path, _folder["nowhere/two"]).ExitCode);
        var twice = CliProcess.Run("unpack", archive, large.Path, _folder["one"], Path.Combine(_folder.FullPath, ".", "one"));
        Assert.Equal(7, twice.ExitCode);
        Assert.Contains("named twice", twice.Error, StringComparison.Ordinal);
    }

    [ToolTheory("losetup", "mke2fs", "script")]
    [InlineData("n", 7)]
    [InlineData("y", 0)]
    public void A_person_at_a_terminal_is_asked(string answer, int code)
    {
        var archive = Pack();
        using var device = MakeDevice("backing", DeviceLength);
        var result = HostTool.Run("sh", "-c", $"{{ sleep 3; echo {answer}; sleep 3; }} | script -qec '{EtchStreamProgram.Path} unpack {archive} {device.Path}' /dev/null");
        Assert.Equal(code, result.ExitCode);
        Assert.Contains("64.0 MiB", result.Output, StringComparison.Ordinal);
        Assert.Contains("Write to it? [y/N]", result.Output, StringComparison.Ordinal);
        Assert.Equal(code != 0, File.ReadAllBytes(device.Path)[0] == 0xA5);
    }

    private string Pack()
    {
        using var disk = new ContainerDiskFile();
        CliProcess.Run("pack", "--image", disk.Image, "-o", _folder["a.tar"]).Succeeded();
        return _folder["a.tar"];
    }

    private string Reference(string archive)
    {
        if (!File.Exists(_folder["reference"])) CliProcess.Run("unpack", archive, _folder["reference"]).Succeeded();
        return _folder["reference"];
    }

    private LoopDevice MakeDevice(string name, long length)
    {
        var old = Enumerable.Repeat((byte)0xA5, (int)length).ToArray();
        File.WriteAllBytes(_folder[name], old);
        return LoopDevice.Open(_folder[name], readOnly: false);
    }

    private static void AssertNoTable(string device)
    {
        var bytes = File.ReadAllBytes(device);
        Assert.All(bytes[..Head], b => Assert.Equal(0, b));
        Assert.All(bytes[^17408..], b => Assert.Equal(0, b));
    }
}
