using System.Formats.Tar;
using EtchStream.TestKit;
using EtchStream.Unpack;
using EtchStream.Unpack.Outputs;
using EtchStream.Unpack.Verification;
using Xunit;

namespace EtchStream.Tests.Unpack.Verification;

/// <summary><c>--verify</c> reads what was put into the partitions with the reader, and finds what the writers did wrong.</summary>
public sealed class ObjectVerificationTests : IDisposable
{
    private const long Start = 1 << 20;
    private const long Length = 8 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs")]
    [InlineData("none", null)]
    [InlineData("name", "path victims/victim: it is not there")]
    [InlineData("folder", "path victims/victim: it is not there")]
    [InlineData("size", "path victims/victim: it has 50001 bytes in place of 50000")]
    [InlineData("content", "path victims/victim: its content is another one")]
    [InlineData("mode", "path victims/victim: its mode is 0641 in place of 0640")]
    [InlineData("user", "path victims/victim: its owner is 66536:100 in place of 1000:100")]
    [InlineData("group", "path victims/victim: its owner is 1000:0 in place of 1000:100")]
    [InlineData("time", "path victims/victim: its time is")]
    [InlineData("xattr", "path victims/victim: its extended attribute user.colour is missing")]
    [InlineData("directory", "path victims: its mode is 0000 in place of 0755")]
    [InlineData("target", "path link: its target is another one")]
    [InlineData("link", "path further: it is a file of its own")]
    [InlineData("kind", "path null: it is of another kind")]
    [InlineData("device", "path null: it is device 1:4 in place of 1:3")]
    public async Task What_a_writer_does_wrong_is_found_and_named(string fault, string? expected)
    {
        foreach (var blockSize in new[] { "1024", "4096" })
        {
            Ext4Image.Make(_folder["disk.img"], Start, Length, "-t", "ext4", "-b", blockSize, "-O", "^has_journal");
            await RunAsync(fault, expected);
            File.Delete(_folder["disk.img"]);
        }
    }

    [ToolTheory("mkfs.vfat")]
    [InlineData("none", null)]
    [InlineData("name", "path victims/victim: it is not there")]
    [InlineData("size", "path victims/victim: it has 50001 bytes in place of 50000")]
    [InlineData("content", "path victims/victim: its content is another one")]
    public async Task On_FAT_too(string fault, string? expected)
    {
        File.WriteAllBytes(_folder["part.img"], new byte[Length]);
        HostTool.RunOk("mkfs.vfat", _folder["part.img"]);
        File.WriteAllBytes(_folder["disk.img"], [.. new byte[Start], .. File.ReadAllBytes(_folder["part.img"])]);
        await RunAsync(fault, expected, isFat: true);
    }

    [Fact]
    public void The_later_member_wins()
    {
        var objects = new ExpectedObjects(ignoresCase: false);
        var attributes = new Formats.Unix.UnixAttributes();
        objects.Directory("d"u8, attributes);
        objects.SymbolicLink("d/l"u8, "x"u8, attributes);
        objects.SymbolicLink("dd"u8, "x"u8, attributes);
        objects.SymbolicLink("d"u8, "x"u8, attributes);
        Assert.Equal(["d", "dd"], objects.All().Select(o => System.Text.Encoding.UTF8.GetString(o.Path)).Order());

        var caseless = new ExpectedObjects(ignoresCase: true);
        objects = new ExpectedObjects(ignoresCase: false);
        objects.SymbolicLink("made/on/the/way"u8, "x"u8, attributes);
        objects.SymbolicLink("made/on"u8, "x"u8, attributes);
        Assert.Equal("made/on"u8, Assert.Single(objects.All()).Path);

        caseless.Directory("Über/A"u8, attributes);
        caseless.Directory("über/a."u8, attributes);
        Assert.Single(caseless.All());
    }

    private async Task RunAsync(string fault, string? expected, bool isFat = false)
    {
        var image = File.ReadAllBytes(_folder["disk.img"]);
        image[446 + 4] = isFat ? (byte)0x0C : (byte)0x83;
        BitConverter.TryWriteBytes(image.AsSpan(446 + 8), (int)(Start / 512));
        BitConverter.TryWriteBytes(image.AsSpan(446 + 12), (int)(Length / 512));
        image[510] = 0x55;
        image[511] = 0xAA;
        var content = new byte[50_000];
        new Random(9).NextBytes(content);
        using var archive = new ArchiveBuilder();
        archive.File("disk.img", image).Folder("inject/1/victims")
            .Entry(Owned(new PaxTarEntry(TarEntryType.RegularFile, "inject/1/victims/victim", Xattrs(isFat)), content))
            .File("inject/1/replaced", content).File("inject/1/replaced", [1, 2, 3]).File("inject/1/empty", []).File("inject/1/READ.me", content).File("inject/1/deep/er/file", content)
            .File("inject/1/made/on/the/way", content).File("inject/1/made/on", content);
        if (!isFat)
        {
            archive.SymbolicLink("inject/1/link", "victims/victim").HardLink("inject/1/further", fault is "name" or "folder" ? "inject/1/empty" : "inject/1/victims/victim")
                .Entry(new PaxTarEntry(TarEntryType.CharacterDevice, "inject/1/null") { DeviceMajor = 1, DeviceMinor = 3 })
                .Folder("inject/1/gone").File("inject/1/gone/below", content).SymbolicLink("inject/1/gone", "victims");
        }

        var options = new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(archive.ToBytes()), "a.tar"), Outputs = [_folder["out.img"]], Verify = true };
        var error = await Record.ExceptionAsync(() => UnpackPipeline.RunAsync(options, new SabotagedOpener(fault), progress: null, CancellationToken.None));
        if (expected is null)
        {
            Assert.Null(error);
            File.Delete(_folder["out.img"]);
        }
        else
        {
            Assert.Contains($"partition 1, {expected}", Assert.IsType<VerificationException>(error).Message, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["out.img"]));
        }
    }

    private static Dictionary<string, string> Xattrs(bool isFat)
    {
        var xattrs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!isFat) xattrs["SCHILY.xattr.user.colour"] = "red";
        return xattrs;
    }

    private static PaxTarEntry Owned(PaxTarEntry entry, byte[] content)
    {
        entry.DataStream = new MemoryStream(content);
        entry.Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        (entry.Uid, entry.Gid) = (1000, 100);
        entry.ModificationTime = DateTimeOffset.UnixEpoch.AddSeconds(1_600_000_000.5);
        return entry;
    }
}
