using System.Formats.Tar;
using EtchStream.Formats.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>Hard-link members of an engine's layers give their attributes to the file; all others are names and nothing more, as with GNU tar.</summary>
public sealed class UnpackLinkAttributesTests : EngineUnpackTest
{
    private const string Layer = "docker/overlay2/0123/diff";

    [ToolFact("mke2fs", "e2fsck")]
    public async Task In_a_layer_the_last_entry_decides()
    {
        var volume = await UnpackAsync(Image(), Engine("data"), b => b
            .Entry(File($"inject/1/{Layer}/a", "600", 1, 5, ("user.a", "1"), ("user.b", "1")))
            .Entry(Link($"inject/data/{Layer}/h", $"./inject//1/{Layer}/./a", "4755", 3, 9, ("user.b", "22"), ("user.c", "3")))
            .Entry(new PaxTarEntry(TarEntryType.SymbolicLink, $"inject/1/{Layer}/s", Records()) { LinkName = "a", Uid = 1, ModificationTime = Time(5) })
            .Entry(Link($"inject/1/{Layer}/t", $"inject/1/{Layer}/s", "600", 4, 9, ("trusted.t", "1"))));
        Assert.Equal(("4755", 3u, 9L, "user.a=1 user.b=22 user.c=3"), Of(volume, $"{Layer}/a"));
        Assert.Equal(2, volume.Find($"{Layer}/h")!.LinkCount);
        Assert.Equal(4u, volume.Find($"{Layer}/s")!.UserId);
        Assert.Equal((5L, 2), (volume.Find($"{Layer}/s")!.ModificationTime.Seconds, volume.Find($"{Layer}/s")!.LinkCount));
        Assert.Equal("t"u8.ToArray(), Assert.Single(volume.ReadXattrs(volume.Find($"{Layer}/s")!)).Name[^1..]);
    }

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("docker/volumes/v/a", "docker/volumes/v/h")]
    [InlineData("docker/overlay20/a", "docker/overlay20/h")]
    [InlineData("a", "h")]
    [InlineData("a", Layer + "/h")]
    [InlineData(Layer + "/a", "h")]
    public async Task Elsewhere_the_file_keeps_what_it_has(string target, string link)
    {
        var volume = await UnpackAsync(Image(), Engine("data"), b => b
            .Entry(File($"inject/1/{target}", "600", 1, 5, ("user.a", "1")))
            .Entry(Link($"inject/1/{link}", $"inject/1/{target}", "4755", 3, 9, ("user.a", "2"))));
        Assert.Equal(("600", 1u, 5L, "user.a=1"), Of(volume, target));
        Assert.Equal(2, volume.Find(link)!.LinkCount);
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task An_engine_at_the_root_of_its_partition_has_its_layers_there()
    {
        var engine = new EtchStream.Archive.ManifestEngine { Partition = "1", Root = "", Driver = "overlay2" };
        var volume = await UnpackAsync(Image(), engine, b => b
            .Entry(File("inject/1/overlay2/x/diff/a", "600", 1, 5)).Entry(Link("inject/1/overlay2/x/diff/h", "inject/1/overlay2/x/diff/a", "644", 3, 9))
            .Entry(File("inject/1/other/a", "600", 1, 5)).Entry(Link("inject/1/other/h", "inject/1/other/a", "644", 3, 9)));
        Assert.Equal(("644", 3u, 9L, ""), Of(volume, "overlay2/x/diff/a"));
        Assert.Equal(("600", 1u, 5L, ""), Of(volume, "other/a"));
    }

    private static PaxTarEntry File(string name, string octalMode, int owner, long time, params (string Name, string Value)[] xattrs) =>
        new(TarEntryType.RegularFile, name, Records(xattrs)) { Mode = Mode(octalMode), Uid = owner, Gid = owner, ModificationTime = Time(time) };

    private static PaxTarEntry Link(string name, string target, string octalMode, int owner, long time, params (string Name, string Value)[] xattrs) =>
        new(TarEntryType.HardLink, name, Records(xattrs)) { LinkName = target, Mode = Mode(octalMode), Uid = owner, Gid = owner, ModificationTime = Time(time) };

    private static Dictionary<string, string> Records(params (string Name, string Value)[] xattrs) => xattrs.ToDictionary(x => $"SCHILY.xattr.{x.Name}", x => x.Value, StringComparer.Ordinal);

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private static (string Mode, uint Owner, long Time, string Xattrs) Of(Ext4Volume volume, string path)
    {
        var inode = volume.Find(path)!;
        Assert.Equal(inode.UserId, inode.GroupId);
        var xattrs = volume.ReadXattrs(inode).Select(x => $"{System.Text.Encoding.ASCII.GetString(x.Name)}={System.Text.Encoding.ASCII.GetString(x.Value)}").Order(StringComparer.Ordinal);
        return (Convert.ToString(inode.Mode, 8), inode.UserId, inode.ModificationTime.Seconds, string.Join(' ', xattrs));
    }
}
