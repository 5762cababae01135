using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EtchStream.Archive;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>inspect</c> as a process: how much it reads of an archive, what <c>--verify</c> changes, which characters it draws with.</summary>
public sealed partial class InspectCommandTests : IDisposable
{
    private const long Hole = 100L << 30;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("strace")]
    public void Of_an_archive_in_a_file_only_the_headers_are_read()
    {
        var archive = MakeArchive(Hole);
        var report = JsonNode.Parse(Traced(archive, out var read, "--json"))!["archive"]!;
        Assert.Equal((true, false), ((bool)report["isComplete"]!, (bool)report["isRead"]!));
        Assert.Equal(Hole, (long)report["image"]!["size"]!);
        Assert.Equal(3, (long)report["partitions"]![0]!["files"]!);
        Assert.InRange(read, 10_000, 200_000);
    }

    [ToolFact("strace")]
    public void With_verify_and_from_a_pipe_all_of_it_is_read()
    {
        const long Small = 20 << 20;
        var archive = MakeArchive(Small);
        Assert.Equal((true, true), Flags(Traced(archive, out var read, "--json", "--verify")));
        Assert.True(read > Small, $"{read}");
        using var process = CliProcess.Start("inspect", "--json", "-");
        var output = process.StandardOutput.ReadToEndAsync();
        using (var file = File.OpenRead(archive)) file.CopyTo(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        Assert.Equal((true, true), Flags(output.GetAwaiter().GetResult()));

        static (bool, bool) Flags(string json) => ((bool)JsonNode.Parse(json)!["archive"]!["isComplete"]!, (bool)JsonNode.Parse(json)!["archive"]!["isRead"]!);
    }

    [Fact]
    public void Damage_in_content_is_found_with_verify_and_a_cut_without_it()
    {
        var archive = MakeArchive(5 << 20);
        CliProcess.Run("inspect", "--verify", archive).Succeeded();
        using (var file = File.OpenHandle(archive, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(file, "x"u8, 3 << 20);
        Assert.Contains("complete: yes (digest not computed; --verify reads all of it)", CliProcess.Run("inspect", archive).Succeeded().Output, StringComparison.Ordinal);
        var result = CliProcess.Run("inspect", "--verify", archive);
        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        Assert.Contains("SHA-256 differs", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        using (var file = File.OpenHandle(archive, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.SetLength(file, RandomAccess.GetLength(file) - 2048);
        result = CliProcess.Run("inspect", archive);
        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        Assert.Contains("truncated", result.Error, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public void A_disk_image_is_drawn_as_the_terminal_can_show_it()
    {
        using var disk = new ContainerDiskFile();
        foreach (var (variable, value, isUnicode) in ((string, string, bool)[])[("TERM", "xterm", true), ("TERM", "dumb", false), ("LC_ALL", "de_DE.ISO-8859-1", false), ("LC_ALL", "C.UTF-8", true)])
        {
            using var process = Start(disk.Image, variable, value);
            using var bytes = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(bytes);
            var text = Encoding.UTF8.GetString(bytes.ToArray());
            Assert.Contains(isUnicode ? "│1 resin-data" : "|1 resin-data", text, StringComparison.Ordinal);
            if (!isUnicode) Assert.All(text, c => Assert.InRange(c, '\n', '~'));
        }

        var result = CliProcess.Run("inspect", "--verify", disk.Image);
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("etchstream check", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private static System.Diagnostics.Process Start(string image, string variable, string value)
    {
        var start = new System.Diagnostics.ProcessStartInfo(EtchStreamProgram.Path, ["inspect", image]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var name in (string[])["LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG", "TERM"]) start.Environment.Remove(name);
        start.Environment[variable] = value;
        return System.Diagnostics.Process.Start(start)!;
    }

    /// <summary>Runs <c>inspect</c>, and adds up what the kernel gave it of the archive.</summary>
    private string Traced(string archive, out long bytesRead, params string[] options)
    {
        var trace = _folder["trace"];
        var result = HostTool.RunOk("strace", ["-f", "-y", "-e", "trace=read,pread64,readv,preadv,mmap", "-o", trace, EtchStreamProgram.Path, "inspect", .. options, archive]);
        bytesRead = 0;
        foreach (var line in File.ReadLines(trace))
        {
            if (!line.Contains($"<{archive}>", StringComparison.Ordinal) && !line.Contains("resumed>", StringComparison.Ordinal)) continue;
            Assert.DoesNotContain("mmap(", line.Contains($"<{archive}>", StringComparison.Ordinal) ? line : "", StringComparison.Ordinal);
            if (!line.Contains("mmap", StringComparison.Ordinal) && Answer().Match(line) is { Success: true } answer) bytesRead += long.Parse(answer.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }

        return result.Output;
    }

    [GeneratedRegex(@"= (\d+)$")]
    private static partial Regex Answer();

    /// <summary>An archive with three files, whose image is one hole of the file that the archive is in; its digest is right where it is small enough to be taken.</summary>
    private string MakeArchive(long imageSize)
    {
        var path = _folder["a.tar"];
        using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        var manifest = new ArchiveManifest { Image = new ManifestImage { Name = "disk.img", Size = imageSize } }.ToBytes();
        const int End = 1024;
        file.Write(new RawTar().File("manifest.json", manifest).Member('0', "disk.img"u8, [], size: Size(imageSize)).ToBytes().AsSpan()[..^End]);
        file.Position += imageSize;
        var files = new RawTar().Folder("inject").Folder("inject/1").File("inject/1/a", new byte[70_000]).File("inject/1/b", [1]).File("inject/1/c", []);
        file.Write(files.ToBytes().AsSpan()[..^End]);
        var length = file.Position;
        file.Position = 0;
        var digest = new string('0', 64);
        if (imageSize < 1 << 30)
        {
            using var hash = System.Security.Cryptography.SHA256.Create();
            digest = Convert.ToHexStringLower(hash.ComputeHash(file));
        }

        file.Position = length;
        file.Write(new RawTar().File("etch-trailer.json", new ArchiveTrailer { Archive = new TrailerDigest { Sha256 = digest, Length = length } }.ToBytes()).ToBytes());
        return path;
    }

    private static byte[] Size(long size) => RawTar.Base256([.. BitConverter.GetBytes(size).Reverse()]);
}
