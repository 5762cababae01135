using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.TestKit;
using EtchStream.Unpack.Outputs;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_name_appears_with_the_commit_and_not_before()
    {
        var path = _folder["new.img"];
        using (var output = OutputFile.Create(path))
        {
            output.Write(5, "data"u8);
            output.SetLength(20);
            Assert.False(File.Exists(path));
            Assert.Single(Directory.GetFiles(_folder.FullPath));
            output.Commit(flush: false);
        }

        Assert.Equal(20, new FileInfo(path).Length);
        Assert.Single(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void Without_a_commit_nothing_is_left_and_the_older_file_stays()
    {
        var path = _folder["old.img"];
        File.WriteAllText(path, "old");
        using (var output = OutputFile.Create(path)) output.Write(0, new byte[100]);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void A_link_is_followed()
    {
        File.WriteAllText(_folder["real.img"], "old");
        File.CreateSymbolicLink(_folder["link.img"], "real.img");
        using (var output = OutputFile.Create(_folder["link.img"]))
        {
            output.Write(0, "new"u8);
            output.Commit(flush: false);
        }

        Assert.Equal("real.img", new FileInfo(_folder["link.img"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["real.img"]));
    }

    [Fact]
    public void A_name_as_long_as_can_be_works()
    {
        var path = _folder[new string('n', 255)];
        using (var output = OutputFile.Create(path)) output.Commit(flush: false);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void The_input_is_refused_under_each_of_its_names()
    {
        var input = _folder["in.tar"];
        File.WriteAllText(input, "x");
        File.CreateSymbolicLink(_folder["link"], "in.tar");
        Directory.CreateSymbolicLink(_folder["folder"], _folder.FullPath);
        foreach (var name in new[] { input, _folder["link"], Path.Combine(_folder["folder"], "in.tar"), Path.Combine(_folder.FullPath, "folder", "..", Path.GetFileName(_folder.FullPath), "in.tar") })
        {
            if (File.Exists(name)) Assert.Throws<OutputRefusedException>(() => OutputOpener.Open(name, input, force: false));
        }

        Assert.Equal("x", File.ReadAllText(input));
    }

    [ToolFact("ln")]
    public void The_input_is_refused_under_a_hard_link()
    {
        if (!OperatingSystem.IsLinux()) return;
        var input = _folder["in.tar"];
        File.WriteAllText(input, "x");
        HostTool.RunOk("ln", input, _folder["hard"]);
        Assert.Throws<OutputRefusedException>(() => OutputOpener.Open(_folder["hard"], input, force: false));
    }

    [Fact]
    public void Folders_are_refused()
    {
        Assert.Throws<OutputRefusedException>(() => OutputFile.Create(_folder.FullPath));
        Assert.Throws<OutputRefusedException>(() => OutputFile.Create(_folder["x"] + "/"));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => OutputFile.Create(Path.Combine(_folder["nowhere"], "x")));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Character_devices_are_not_written()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Throws<UnsupportedFormatException>(() => OutputOpener.Open("/dev/null", null, force: false));
    }

    [Fact]
    public void A_length_beyond_all_files_is_out_of_space()
    {
        using var output = OutputFile.Create(_folder["big"]);
        Assert.Throws<OutOfSpaceException>(() => output.SetLength(long.MaxValue));
    }

    [ToolFact("mkfifo")]
    public void A_pipe_as_output_is_refused()
    {
        if (!OperatingSystem.IsLinux()) return;
        HostTool.RunOk("mkfifo", _folder["pipe"]);
        Assert.Throws<UnsupportedFormatException>(() => OutputOpener.Open(_folder["pipe"], null, force: false));
    }
}
