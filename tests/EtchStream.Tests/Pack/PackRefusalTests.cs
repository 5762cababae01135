using System.Net.Sockets;
using System.Text;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Pack;

public sealed class PackRefusalTests : PackTest
{
    [Fact]
    public async Task A_missing_image_source_or_folder_is_named()
    {
        Assert.Contains("nope.img", (await FailsAsync<IOException>(() => PackAsync(OutputPath, [], image: Folder["nope.img"]))).Message);
        Assert.Contains("missing", (await FailsAsync<IOException>(() => PackAsync($"1:/a={Folder["missing"]}"))).Message);
        Assert.Contains("no-folder", (await FailsAsync<IOException>(() => PackAsync(Folder["no-folder/out.tar"], []))).Message);
    }

    [Fact]
    public async Task An_image_that_is_a_folder_or_empty_is_refused()
    {
        await FailsAsync<IOException>(() => PackAsync(OutputPath, [], image: Folder.MakeFolder("folder")));
        File.WriteAllBytes(Folder["empty.img"], []);
        await FailsAsync<CorruptFormatException>(() => PackAsync(OutputPath, [], image: Folder["empty.img"]));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("no-such-label")]
    public async Task A_partition_that_the_image_does_not_have_is_found_at_once(string selector)
    {
        File.WriteAllText(Folder["a"], "a");
        var error = await FailsAsync<PartitionNotFoundException>(() => PackAsync($"{selector}:/a={Folder["a"]}"));
        Assert.Contains(selector, error.Message);
        Assert.Contains("data", error.Message);
    }

    [Fact]
    public async Task A_partition_without_a_known_file_system_is_refused()
    {
        File.WriteAllText(Folder["a"], "a");
        Assert.Contains("partition 2", (await FailsAsync<UnsupportedFormatException>(() => PackAsync($"2:/a={Folder["a"]}"))).Message);
    }

    [Fact]
    public async Task The_output_must_not_be_an_input()
    {
        var tree = Folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "a"), "a");
        await FailsAsync<OutputRefusedException>(() => PackAsync(ImagePath, []));
        await FailsAsync<OutputRefusedException>(() => PackAsync(Path.Combine(tree, "a"), [$"1:/x={Path.Combine(tree, "a")}"]));
        await FailsAsync<OutputRefusedException>(() => PackAsync(Path.Combine(tree, "out.tar"), [$"1:/x={tree}"]));
        File.CreateSymbolicLink(Folder["link"], ImagePath);
        await FailsAsync<OutputRefusedException>(() => PackAsync(Folder["link"], []));
        await FailsAsync<OutputRefusedException>(() => PackAsync(tree, []));
        Assert.Equal(PackImage.Make(), File.ReadAllBytes(ImagePath));
        Assert.Equal(["a"], Directory.EnumerateFileSystemEntries(tree).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_older_archive_stays_until_the_new_one_is_complete()
    {
        File.WriteAllText(OutputPath, "older");
        var tree = Folder.MakeFolder("tree");
        using (var socket = Listen(Path.Combine(tree, "socket")))
        {
            await Assert.ThrowsAsync<UnsupportedFormatException>(() => PackAsync($"1:/={tree}"));
        }

        Assert.Equal("older", File.ReadAllText(OutputPath));
        File.Delete(Path.Combine(tree, "socket"));
        await PackAsync($"1:/={tree}");
        Assert.NotEqual("older", File.ReadAllText(OutputPath));
    }

    [Fact]
    public async Task A_socket_is_not_left_out_in_silence()
    {
        var tree = Folder.MakeFolder("tree");
        using var socket = Listen(Path.Combine(tree, "sock"));
        var error = await FailsAsync<UnsupportedFormatException>(() => PackAsync($"1:/={tree}"));
        Assert.Contains("tree/sock", error.Message);
    }

    [ToolFact("mkfifo")]
    public async Task A_pipe_as_source_or_image_is_refused_and_not_waited_for()
    {
        HostTool.RunOk("mkfifo", Folder["pipe"]);
        await FailsAsync<IOException>(() => PackAsync($"1:/a={Folder["pipe"]}")).WaitAsync(TimeSpan.FromSeconds(30));
        await FailsAsync<IOException>(() => PackAsync(OutputPath, [], image: Folder["pipe"])).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_the_user_says_it_is_must_be_what_it_is()
    {
        File.WriteAllText(Folder["a"], "a");
        await FailsAsync<IOException>(() => PackAsync($"1:/a=dir:{Folder["a"]}"));
        await FailsAsync<IOException>(() => PackAsync($"1:/a=file:{Folder.MakeFolder("d")}"));
        await FailsAsync<CorruptFormatException>(() => PackAsync($"1:/a=tar:{Folder["a"]}"));
        await FailsAsync<UnsafePathException>(() => PackAsync($"1:.=file:{Folder["a"]}"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    public async Task A_tar_that_reaches_out_of_its_root_is_refused(string name)
    {
        await WriteTarAsync(Folder["bad.tar"], new TarEntry { Name = Encoding.UTF8.GetBytes(name), Kind = FileKind.File });
        var error = await FailsAsync<UnsafePathException>(() => PackAsync($"1:/={Folder["bad.tar"]}"));
        Assert.Contains("bad.tar", error.Message);
        await WriteTarAsync(Folder["link.tar"], new TarEntry { Name = "ok"u8.ToArray(), Kind = FileKind.HardLink, LinkName = Encoding.UTF8.GetBytes(name) });
        await FailsAsync<UnsafePathException>(() => PackAsync($"1:/={Folder["link.tar"]}"));
    }

    [Fact]
    public async Task A_truncated_tar_is_an_error_that_names_it()
    {
        await WriteTarAsync(Folder["whole.tar"], new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File });
        var bytes = File.ReadAllBytes(Folder["whole.tar"]);
        File.WriteAllBytes(Folder["cut.tar"], bytes[..^512]);
        Assert.Contains("cut.tar", (await FailsAsync<CorruptFormatException>(() => PackAsync($"1:/={Folder["cut.tar"]}"))).Message);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        await using (var file = File.Create(Folder["big.img"])) file.SetLength(1L << 40);
        var run = PackAsync(OutputPath, [], image: Folder["big.img"], cancellationToken: stop.Token);
        while (Leftovers().Length == 0 && !run.IsCompleted) await Task.Delay(10);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(Leftovers());
        Assert.False(File.Exists(OutputPath));
    }

    private async Task<T> FailsAsync<T>(Func<Task> action)
        where T : Exception
    {
        var error = await Assert.ThrowsAnyAsync<T>(action);
        Assert.Empty(Leftovers());
        Assert.False(File.Exists(OutputPath));
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task WriteTarAsync(string path, params TarEntry[] entries)
    {
        await using var tar = new TarWriter(File.Create(path));
        foreach (var entry in entries) await tar.WriteEntryAsync(entry);
        await tar.FinishAsync();
    }
}
