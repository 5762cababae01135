using System.Globalization;
using System.Text;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>ls</c>, <c>cat</c> and <c>extract</c>: what they give is held against the tree that the file system or archive was made of by other programs.</summary>
public sealed class BrowseCommandTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const string Facts = "find . -not -name lost+found -not -path . -printf '%P %y %m %Ts %l\\n' | sort";

    private readonly TemporaryFolder _folder = new();

    public BrowseCommandTests()
    {
        HostTool.RunOk("sh", "-ec", """
            mkdir -p "$0/tree/etc/deep/deeper" "$0/tree/empty" && cd "$0/tree"
            echo hello > etc/greeting; head -c 3000000 /dev/urandom > etc/deep/random; : > etc/deep/deeper/nothing
            ln -s ../etc/greeting etc/link; ln -s /nowhere etc/absolute; ln etc/greeting etc/again
            truncate -s 5000000 etc/sparse; printf tail >> etc/sparse
            echo x > 'etc/a name with ü and spaces'; chmod 0750 etc/deep; chmod 0555 empty; chmod 0400 etc/greeting
            find . -exec touch -h -d @1600000000 {} +
            """, _folder.FullPath);
    }

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs", "tar")]
    [InlineData("ext4")]
    [InlineData("ext2")]
    [InlineData("archive")]
    public void What_is_extracted_is_what_went_in(string kind)
    {
        var source = kind == "archive" ? MakeArchive() : MakeExt(kind);
        Run("extract", source, "1:/", _folder["copy"]).Succeeded();
        HostTool.RunOk("diff", "-r", "--no-dereference", "-x", "lost+found", _folder["tree"], _folder["copy"]);
        Assert.Equal(HostTool.RunOk("sh", "-c", $"cd \"$0\" && {Facts}", _folder["tree"]).Output, HostTool.RunOk("sh", "-c", $"cd \"$0\" && {Facts}", _folder["copy"]).Output);
        Assert.True(Blocks(_folder["copy/etc/sparse"]) < 100, "the hole became data");

        Run("extract", source, "1:etc/deep/random", _folder["one"]).Succeeded();
        HostTool.RunOk("cmp", _folder["tree/etc/deep/random"], _folder["one"]);
        HostTool.RunOk("sh", "-c", "\"$0\" cat \"$1\" \"1:/etc/deep/random\" | cmp - \"$2\"", EtchStreamProgram.Path, source, _folder["one"]);
        HostTool.RunOk("sh", "-c", "\"$0\" cat \"$1\" \"1:/etc/sparse\" | cmp - \"$2\"", EtchStreamProgram.Path, source, _folder["tree/etc/sparse"]);
    }

    [ToolFact("mke2fs")]
    public void A_listing_shows_mode_owner_size_time_and_target()
    {
        HostTool.RunOk("chown", "-h", "12:345", _folder["tree/etc/greeting"]);
        var lines = Run("ls", MakeExt("ext4"), "1:/etc").Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        Assert.Contains("-r--------      12:345             6 2020-09-13T12:26:40Z greeting", lines);
        Assert.Contains("lrwxrwxrwx         0:0             0 2020-09-13T12:26:40Z link -> ../etc/greeting", lines);
        Assert.Contains("drwxr-x---         0:0             0 2020-09-13T12:26:40Z deep/", lines);

        var all = Run("ls", "-R", _folder["disk.img"], "1").Succeeded().Output;
        Assert.Contains(" etc/deep/deeper/nothing\n", all, StringComparison.Ordinal);
        Assert.Contains("sparse", Run("ls", _folder["disk.img"], "1:/etc/sparse").Succeeded().Output, StringComparison.Ordinal);
    }

    [ToolFact("mkfs.vfat", "mcopy")]
    public void FAT_is_listed_and_read_too()
    {
        var spec = DiskImages.OnePartition(_folder["disk.img"], 40 * MiB);
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-n", "BOOT", "--offset", $"{spec.Start / 512}", _folder["disk.img"], $"{spec.Length / 1024}");
        HostTool.RunOk("mcopy", "-s", "-m", "-i", $"{_folder["disk.img"]}@@{spec.Start}", _folder["tree/etc/deep"], "::/Deep Folder");
        Assert.Contains(" Deep Folder/\n", Run("ls", _folder["disk.img"], "BOOT:/").Succeeded().Output, StringComparison.Ordinal);
        Run("extract", _folder["disk.img"], "1:/deep folder/RANDOM", _folder["one"]).Succeeded();
        HostTool.RunOk("cmp", _folder["tree/etc/deep/random"], _folder["one"]);
        Run("extract", _folder["disk.img"], "1:/", _folder["copy"]).Succeeded();
        HostTool.RunOk("diff", "-r", _folder["tree/etc/deep"], _folder["copy/Deep Folder"]);
    }

    [ToolTheory("mke2fs")]
    [InlineData("cat disk.img 1:/etc/none", 1, "no such file")]
    [InlineData("cat disk.img 1:/etc", 1, "etchstream ls")]
    [InlineData("cat disk.img 1:/etc/link", 1, "symbolic link to ../etc/greeting")]
    [InlineData("cat disk.img 1:/etc/link/x", 1, "no such file")]
    [InlineData("cat disk.img 7:/etc", 2, "the image has 1 (")]
    [InlineData("cat disk.img date:/etc", 2, "the image has 1 (")]
    [InlineData("cat disk.img", 2, "the image has 1 (")]
    [InlineData("cat disk.img :/etc", 2, "before the colon")]
    [InlineData("cat", 2, "is missing")]
    [InlineData("cat - 1:/x", 2, "standard input")]
    [InlineData("cat none.img 1:/x", 1, "none.img")]
    [InlineData("cat tree 1:/x", 1, "folder")]
    [InlineData("ls disk.img 1:/none", 1, "no such file")]
    [InlineData("ls disk.img 1:/ 1:/etc", 2, "one place only")]
    [InlineData("extract disk.img 1:/etc", 2, "destination is missing")]
    [InlineData("extract disk.img 1:/etc tree", 1, "there already")]
    [InlineData("extract disk.img 1:/etc none/copy", 1, "none")]
    [InlineData("extract disk.img 1:/none copy", 1, "no such file")]
    [InlineData("cat disk.img 1:/etc/deap/random", 1, "1:/etc/deap/random: no such file or folder; /etc is there, but no deap in it; did you mean /etc/deep?")]
    [InlineData("ls disk.img 1:/ect/deep", 1, "; / is there, but no ect in it; did you mean /etc?")]
    [InlineData("extract disk.img 1:etc/deep/xyz copy", 1, "; /etc/deep is there, but no xyz in it\n")]
    [InlineData("ls disk.img 1:/etc/greeting/x", 1, "; /etc/greeting is no folder")]
    [InlineData("ls disk.img 1:/etc/link/x", 1, "; /etc/link is a symbolic link to ../etc/greeting, which is not followed")]
    [InlineData("ls disk.img.gz 1:/", 4, "decompress it first")]
    [InlineData("ls short 1:/", 3, "neither a disk image nor an archive")]
    public void What_is_wrong_is_said_in_one_line(string arguments, int code, string message)
    {
        MakeExt("ext4");
        HostTool.RunOk("gzip", "-k", "-1", _folder["disk.img"]);
        File.WriteAllText(_folder["short"], "short");
        var words = arguments.Split(' ').Select((word, i) => i is 1 or 3 && word != "-" && !word.Contains(':', StringComparison.Ordinal) ? _folder[word] : word);
        var run = Run([.. words]);
        Assert.True(code == run.ExitCode, $"exit code {run.ExitCode}: {run.Error}");
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(Path.Exists(_folder["copy"]));
    }

    [ToolFact("mke2fs", RequiresRoot = true)]
    public void A_device_is_not_left_out_in_silence()
    {
        HostTool.RunOk("mknod", _folder["tree/etc/zero"], "c", "1", "5");
        var run = Run("extract", MakeExt("ext4"), "1:/etc", _folder["copy"]);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("1:/etc/zero: it is a character device", run.Error, StringComparison.Ordinal);
    }

    [ToolFact("tar")]
    public void In_an_archive_a_partition_or_path_that_is_nearly_right_is_named()
    {
        HostTool.RunOk("sh", "-ec", "cd \"$0\"; mkdir -p inject/resin-data; cp -r tree/etc inject/resin-data; truncate -s 1M disk.img; tar -cf a.tar disk.img inject", _folder.FullPath);
        Assert.Contains("it has no files for resin-dta (did you mean resin-data?); it has some for resin-data", Run("ls", _folder["a.tar"], "resin-dta:/").Error, StringComparison.Ordinal);
        Assert.Contains("did you mean /etc/greeting?", Run("cat", _folder["a.tar"], "resin-data:/etc/greting").Error, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs")]
    [InlineData("../esc")]
    [InlineData("up/esc")]
    [InlineData("esc\0up")]
    public void A_name_that_climbs_out_writes_nothing_outside(string name)
    {
        File.WriteAllText(_folder["tree/victim"], "x");
        var image = MakeExt("ext2");
        var bytes = File.ReadAllBytes(image);
        var at = bytes.AsSpan().IndexOf("victim"u8);
        Encoding.Latin1.GetBytes(name).CopyTo(bytes, at);
        File.WriteAllBytes(image, bytes);
        _folder.MakeFolder("in");
        var run = Run("extract", image, "1:/", _folder["in/copy"]);
        Assert.True(run.ExitCode == 3, run.Error);
        Assert.False(Path.Exists(_folder["in/esc"]));
        Assert.False(Path.Exists(_folder["esc"]));
    }

    [ToolFact("mke2fs", "debugfs")]
    public void Of_a_file_that_cannot_be_read_whole_nothing_is_left()
    {
        var image = MakeExt("ext2");
        HostTool.RunOk("debugfs", "-w", "-R", "set_inode_field /etc/deep/random block[1] 99999999", $"{image}?offset={MiB}");
        var run = Run("extract", image, "1:/etc/deep/random", _folder["one"]);
        Assert.True(run.ExitCode == 3, run.Error);
        Assert.False(Path.Exists(_folder["one"]));
    }

    [ToolFact("mke2fs", "head")]
    public void A_reader_that_leaves_is_no_error()
    {
        var run = HostTool.Run("bash", "-c", "\"$0\" cat \"$1\" 1:/etc/deep/random | head -c 10 | wc -c", EtchStreamProgram.Path, MakeExt("ext4"));
        Assert.Equal("10", run.Output.Trim());
        Assert.Empty(run.Error);
    }

    private static HostToolResult Run(params string[] arguments) => CliProcess.Run(arguments);

    private static long Blocks(string path) => long.Parse(HostTool.RunOk("stat", "-c", "%b", path).Output, CultureInfo.InvariantCulture);

    private string MakeExt(string type)
    {
        var spec = DiskImages.OnePartition(_folder["disk.img"], 24 * MiB);
        Ext4Image.Make(_folder["disk.img"], spec.Start, spec.Length, "-t", type, "-b", "4096", "-d", _folder["tree"]);
        return _folder["disk.img"];
    }

    private string MakeArchive()
    {
        File.WriteAllBytes(_folder["small.img"], new byte[1024]);
        HostTool.RunOk("tar", "-C", _folder.FullPath, "--format=posix", "--sparse", "--transform", "s,^tree,inject/1,S", "-cf", _folder["a.tar"], "small.img", "tree");
        return _folder["a.tar"];
    }
}
