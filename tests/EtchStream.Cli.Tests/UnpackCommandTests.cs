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

    [ToolFact("sh")]
    public void A_pipe_from_pack_to_unpack_gives_the_image()
    {
        HostTool.RunOk("sh", "-c", "\"$0\" pack --image \"$1\" --compress zstd -o - | \"$0\" unpack - \"$2\"", CliProcess.Path, _folder["disk.img"], _folder["flashed"]);
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
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
