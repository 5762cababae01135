using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Layers;
using EtchStream.Sources;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>A layer's entries become what an engine (moby 20.10) makes of them, and what it refuses is refused.</summary>
public sealed class LayerTranslatorTests
{
    private static readonly Dictionary<string, (string Problem, LayerTar Tar)> Refusals = new(StringComparer.Ordinal)
    {
        ["a whiteout after its name"] = ("whiteout", Tar().File("a").File(".wh.a")),
        ["a whiteout after a folder of its name"] = ("whiteout", Tar().File("d/x").File(".wh.d")),
        ["a whiteout twice"] = ("whiteout", Tar().File(".wh.a").File("/.wh.a")),
        ["a whiteout of nothing"] = ("names no file", Tar().File(".wh.")),
        ["a whiteout of the folder"] = ("names no file", Tar().File("d/.wh..")),
        ["a whiteout of the parent"] = ("names no file", Tar().File(".wh...")),
        ["a parent that is a file"] = ("d is no folder", Tar().File("d", "file").File("d/x", "1")),
        ["a parent that was taken away"] = ("d is no folder", Tar().File(".wh.d").File("d/x")),
        ["a parent that is a device"] = ("c is no folder", Tar().Node("c", '3', 1, 3).File("c/a/b")),
        ["a dangling parent"] = ("leads nowhere", Tar().Symlink("l", "nowhere").File("l/x")),
        ["a parent on the host"] = ("leads nowhere", Tar().Symlink("l", "/etc").File("l/x")),
        ["a parent that leads to a file"] = ("is no folder", Tar().File("f").Symlink("l", "f").File("l/x")),
        ["a loop"] = ("too many", Tar().Symlink("l", "l").File("l/x")),
        ["a loop of two"] = ("too many", Tar().Symlink("l", "m").Symlink("m", "/l/").File("l/x")),
        ["a loop through a folder"] = ("too many", Tar().Symlink("a/l", "../m").Symlink("m", "a/l/x").File("m/x")),
        ["a hard link to nothing"] = ("hard link", Tar().Link("h", "a")),
        ["a hard link to what comes later"] = ("hard link", Tar().Link("h", "a").File("a")),
        ["a hard link to a whiteout's mark"] = ("hard link", Tar().File(".wh.a").Link("h", ".wh.a")),
        ["a hard link into a folder that is not there"] = ("hard link", Tar().Link("h", "d/a")),
        ["a hard link into a file"] = ("no folder", Tar().File("f").Link("h", "f/a")),
        ["a hard link to a folder"] = ("folder", Tar().Folder("d").Link("h", "d")),
        ["a hard link to the root"] = ("hard link", Tar().Link("h", "/..")),
        ["a hard link to itself"] = ("itself", Tar().File("a", "1").Link("/a", "a")),
        ["a hard link in the place of its target's folder"] = ("takes away", Tar().File("d/e/a", "1").Link("d", "d/e/a")),
        ["a long target"] = ("4096 bytes", Tar().Pax("linkpath", new string('t', 4096)).Symlink("s", "x")),
        ["a root that is a symlink"] = ("root", Tar().Symlink("/.", "x")),
        ["a root that is a file"] = ("root", Tar().File("/a/..", "1")),
    };

    public static TheoryData<string> Accepted => [.. LayerCases.All.Select(c => c.Name)];

    public static TheoryData<string> Refused => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_layer_becomes_what_an_engine_makes_of_it(string name)
    {
        var layer = LayerCases.All.Single(c => c.Name == name);
        var model = await LayerModel.OfAsync(layer.Tar.ToArray());
        Assert.Equal(layer.Expected.Order(StringComparer.Ordinal), model.Lines);
        Assert.Equal(layer.Replays, model.CanReplay);

        // An engine takes no name twice where it rebuilds a tar.
        var names = model.RecordNames.OfType<string>().Select(LayerModel.Clean).ToList();
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_an_engine_refuses_is_corrupt_and_named(string name)
    {
        var (problem, tar) = Refusals[name];
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => LayerModel.OfAsync(tar.ToArray()));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("..")]
    [InlineData("../.wh.x")]
    public async Task A_path_out_of_the_layer_is_unsafe(string name) => await Assert.ThrowsAsync<UnsafePathException>(() => LayerModel.OfAsync(Tar().File(name, "1").ToArray()));

    [Theory]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(0, uint.MaxValue)]
    [InlineData(1L << 33, 0)]
    [InlineData(-1, 0)]
    public async Task An_owner_that_Linux_cannot_hold_is_not_supported(long user, long group) =>
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => LayerModel.OfAsync(Tar().File("a", user: user, group: group).ToArray()));

    [Theory]
    [InlineData("a", "a")]
    [InlineData("./a", "./a")]
    [InlineData("/a", "/a")]
    [InlineData("d/../a", "d/../a")]
    [InlineData("/../a", "/a")]
    [InlineData("rel/a", "rel/a")]
    [InlineData("abs/a", "/real/a")]
    [InlineData("abs/new/a", "/real/new/a")]
    [InlineData("up/a", "/a")]
    public async Task Content_is_recorded_by_a_name_under_which_an_engine_finds_it(string name, string expected)
    {
        var tar = Tar().Folder("real").Symlink("rel", "real").Symlink("abs", "/real").Symlink("up", "..").File(name, "1");
        Assert.Equal(expected, (await LayerModel.OfAsync(tar.ToArray())).RecordNames[^1]);
    }

    [Fact]
    public async Task Names_without_content_are_recorded_as_they_are_and_once()
    {
        var tar = Tar().Symlink("abs", "/").Folder("./d/").Folder("abs/d").File("/e").File("e").File(".wh.x").File("x").Folder("./").Folder("/");
        Assert.Equal(["abs", "./d/", "abs/d", "/e", null, ".wh.x", "x", "./", null], (await LayerModel.OfAsync(tar.ToArray())).RecordNames);
    }

    [Fact]
    public void What_gathers_on_a_folder_that_is_given_again_and_again_has_an_end()
    {
        var translator = new LayerTranslator(new InjectTarget("1", "diff"u8));
        for (var i = 0; i < 4; i++) translator.Translate(Folder(i, 250, 1));
        Assert.Equal(1000, translator.Members[^1].Xattrs.Count);
        translator.Translate(Folder(3, 250, 2));
        Assert.Equal(1000, translator.Members[^1].Xattrs.Count);
        Assert.Throws<UnsupportedFormatException>(() => translator.Translate(Folder(4, 250, 1)));

        translator = new LayerTranslator(new InjectTarget("1", "diff"u8));
        translator.Translate(Folder(0, 40, 65536));
        Assert.Throws<UnsupportedFormatException>(() => translator.Translate(Folder(1, 40, 65536)));

        static TarEntry Folder(int group, int count, int length) => new()
        {
            Name = group % 2 == 0 ? "d"u8.ToArray() : "/d"u8.ToArray(),
            Kind = FileKind.Directory,
            Xattrs = [.. Enumerable.Range(0, count).Select(i => new Xattr(System.Text.Encoding.ASCII.GetBytes($"user.{group}.{i}"), new byte[length]))],
        };
    }

    [Fact]
    public async Task The_size_counts_files_and_symlinks_each_inode_once()
    {
        var tar = Tar().File("a", "0123456789").Symlink("s", "twelve bytes").Link("h", "a").Node("p", '6').Folder("d").File(".wh.x", "content").File("/b", "22").File("b", "1");
        Assert.Equal(23, (await LayerModel.OfAsync(tar.ToArray())).Size);
    }

    [Fact]
    public void Bytes_that_are_not_text_and_fractions_of_seconds_stay()
    {
        var translator = new LayerTranslator(new InjectTarget("1", "diff"u8));
        translator.Translate(new TarEntry { Name = [0xFF, (byte)'/', 0xFE], Kind = FileKind.SymbolicLink, LinkName = [0xFD], ModificationTime = new UnixTime(-2, 500_000_000) });
        Assert.Equal(2, translator.Members.Count);
        Assert.Equal([.. "inject/1/diff/"u8, 0xFF], translator.Members[0].Name);
        Assert.Equal([.. "inject/1/diff/"u8, 0xFF, (byte)'/', 0xFE], translator.Members[1].Name);
        Assert.Equal([0xFD], translator.Members[1].LinkName);
        Assert.Equal(new UnixTime(-2, 500_000_000), translator.Members[1].ModificationTime);
    }

    [Fact]
    public async Task A_folder_that_was_replaced_is_not_taken_for_the_one_before()
    {
        // The folder of one entry is remembered for the next; each of these changes what its path means.
        var tar = Tar().Folder("a").Folder("b").File("d/1").Symlink("/d", "a").File("d/2").Symlink("/d", "/b").File("d/3").Folder("/d").File("d/4");
        Assert.Equal(["a d755", "a/2 -644", "b d755", "b/3 -644", "d d755", "d/4 -644"], (await LayerModel.OfAsync(tar.ToArray())).Lines);
    }

    private static LayerTar Tar() => new();
}
