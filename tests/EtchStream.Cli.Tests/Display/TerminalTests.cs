using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Display;

/// <summary>The program on a terminal of its own, which <c>script</c> makes and records.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("script", "mkfifo", Emulator.Python, HostPackages.Pyte)]
    public void Interrupted_it_takes_the_bars_away_and_says_so_in_one_line()
    {
        // Bars are there, the input has stopped: then comes the signal.
        var result = Run("TERM=xterm", $"until grep -q '19.5 KiB' log; do sleep 0.1; done; kill -INT $(cat pid); wait $job");
        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["etchstream: interrupted; nothing was left behind"], Screen());
        Assert.False(File.Exists(_folder["out"]));
        Assert.Empty(File.ReadAllText(_folder["results"]));
    }

    [ToolFact("script", "mkfifo", Emulator.Python, HostPackages.Pyte)]
    public void A_stall_is_explained_while_it_lasts()
    {
        var result = Run("TERM=xterm", $"until grep -q 'waiting for standard input' log; do sleep 0.1; done; exec 3>&-; wait $job");
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("etchstream: standard input: ", Screen()[0], StringComparison.Ordinal);
        Assert.DoesNotContain(Screen(), line => line.Contains("waiting", StringComparison.Ordinal) || line.Contains("start", StringComparison.Ordinal));
    }

    [ToolFact("script", "mkfifo")]
    public void Where_lines_cannot_be_written_over_there_are_no_bars()
    {
        var result = Run("TERM=dumb", "exec 3>&-; wait $job");
        Assert.Equal(3, result.ExitCode);
        Assert.DoesNotContain('\u001b', File.ReadAllText(_folder["log"]));
    }

    [ToolTheory("sh")]
    [InlineData("auto")]
    [InlineData("plain")]
    [InlineData("json")]
    public void Where_nobody_can_be_told_the_work_is_done_all_the_same(string progress)
    {
        var image = Repository.File("fixtures/example/disk.img.gz");
        HostTool.RunOk("sh", "-c", $"{EtchStreamProgram.Path} pack --image {image} -o {_folder["a.tar"]} --progress {progress} 2>/dev/full");
        HostTool.RunOk("sh", "-c", $"{EtchStreamProgram.Path} unpack {_folder["a.tar"]} {_folder["out"]} --verify --progress {progress} 2>/dev/full");
        Assert.True(File.Exists(_folder["out"]));
        Assert.Equal(3, HostTool.Run("sh", "-c", $"{EtchStreamProgram.Path} unpack {image} {_folder["other"]} --progress {progress} 2>/dev/full").ExitCode);
    }

    /// <summary>What stands on the terminal in the end, its cursor shown again.</summary>
    private List<string> Screen()
    {
        var screen = Emulator.Show(Recorded(), 80, 24);
        Assert.EndsWith("shown", screen[^1], StringComparison.Ordinal);
        return screen[..^1];
    }

    // script writes a line before and after what it records.
    private string Recorded()
    {
        List<string> lines = [.. File.ReadAllText(_folder["log"]).Split('\n')];
        if (lines[0].StartsWith("Script started", StringComparison.Ordinal)) lines.RemoveAt(0);
        var end = lines.FindIndex(l => l.StartsWith("Script done", StringComparison.Ordinal));
        if (end >= 0) lines = [.. lines.Take(end), ""];
        return string.Join('\n', lines);
    }

    /// <summary>Starts it on a terminal, by env since a shell has its background jobs ignore SIGINT, with the first half of an archive as its input, and does something with it.</summary>
    private HostToolResult Run(string terminal, string then)
    {
        var archive = _folder["whole.tar"];
        CliProcess.Run("pack", "--image", Repository.File("fixtures/example/disk.img.gz"), "-o", archive).Succeeded();
        return HostTool.Run(new HostToolCall("sh", ["-c", $"""
            mkfifo input
            script -qefc 'stty cols 80 rows 24; echo $$ >pid; export {terminal}; exec env --default-signal=INT {EtchStreamProgram.Path} unpack - out <input >results' log >/dev/null &
            job=$!
            exec 3>input
            head -c 20000 whole.tar >&3
            {then}
            """])
        { WorkingDirectory = _folder.FullPath });
    }
}
