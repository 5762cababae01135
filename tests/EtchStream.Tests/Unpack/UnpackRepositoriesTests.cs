using System.Globalization;
using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>The list of an engine's images is added to, whoever wrote it.</summary>
public sealed class UnpackRepositoriesTests : EngineUnpackTest
{
    private const string Path = "docker/image/overlay2/repositories.json";
    private const string Ours = """{"Repositories":{"app":{"app:1":"sha256:new"}}}""";

    [ToolFact("mke2fs", "e2fsck")]
    public async Task Where_there_is_none_the_archives_own_is_written()
    {
        var volume = await UnpackAsync(Image(), Engine("data"), b => b.File($"inject/data/{Path}", Utf8(Ours)), Count(1, Ours.Length));
        Assert.Equal(Ours, Text(volume));
        Assert.Equal((0x180, 1234L), (volume.Find(Path)!.Mode, volume.Find(Path)!.ModificationTime.Seconds));
    }

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4 -b 4096")]
    [InlineData("-t ext4 -b 1024 -O inline_data")]
    [InlineData("-t ext2 -b 1024")]
    public async Task What_the_image_has_is_kept(string options)
    {
        foreach (var count in new[] { 1, 4000 })
        {
            var theirs = List("sup", count);
            var image = Image((writer, disk) => Put(writer, disk, Path, Utf8(Write(theirs)), Attributes("644", 7)), options);
            var volume = await UnpackAsync(image, Engine("1"), b => b.File($"inject/data/{Path}", Utf8(Ours)).File("inject/data/behind", [1, 2, 3]), Count(2, Ours.Length + 3));
            Assert.Equal(Write([("app:1", "new"), .. theirs]), Text(volume));
            Assert.Equal((0x180, 0u), (volume.Find(Path)!.Mode, volume.Find(Path)!.UserId));
            Assert.Equal([1, 2, 3], Content(volume, "behind"));
        }
    }

    [ToolFact("mke2fs", "e2fsck", "debugfs")]
    public async Task What_lies_inside_the_inode_is_read_as_well()
    {
        var theirs = """{"Repositories":{"s":{"s:1":"x"}}}""";
        var image = Image(change: null, "-t ext4 -b 1024 -O inline_data", volume =>
        {
            File.WriteAllText(PathOf("small"), theirs);
            foreach (var folder in new[] { "docker", "docker/image", "docker/image/overlay2" }) volume.DebugFs($"mkdir {folder}", write: true);
            volume.DebugFs($"write {PathOf("small")} {Path}", write: true);
            File.Delete(PathOf("small"));
        });
        Assert.Equal("""{"Repositories":{"app":{"app:1":"sha256:new"},"s":{"s:1":"x"}}}""", Text(await UnpackAsync(image, Engine("1"), b => b.File($"inject/data/{Path}", Utf8(Ours)), Count(1, Ours.Length))));
    }

    /// <summary>The blocks of the first, and of its map, are still in the queue when the second comes.</summary>
    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData("-t ext4 -b 4096")]
    [InlineData("-t ext2 -b 1024")]
    public async Task What_this_archive_brought_before_is_kept(string options)
    {
        var (one, two, three) = (List("one", 3), List("two", 5000), List("zero", 10));
        var volume = await UnpackAsync(
            Image(change: null, options),
            Engine("data"),
            b => b.File($"inject/data/{Path}", Utf8(Write(one))).File($"inject/data/{Path}", Utf8(Write(two))).File("inject/data/between", new byte[50_000]).File($"inject/data/{Path}", Utf8(Write(three))),
            Count(4, Write(one).Length + Write(two).Length + 50_000 + Write(three).Length));
        Assert.Equal(Write([.. one, .. two, .. three]), Text(volume));
        Assert.Equal(new byte[50_000], Content(volume, "between"));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task A_further_name_of_the_old_file_keeps_the_old_content()
    {
        var image = Image((writer, disk) =>
        {
            Put(writer, disk, Path, Utf8(Write(List("sup", 2))), Attributes("600"));
            writer.CreateHardLink("backup"u8, Utf8(Path));
        });
        var volume = await UnpackAsync(image, Engine("1"), b => b.File($"inject/data/{Path}", Utf8(Ours)), Count(1, Ours.Length));
        Assert.Equal(Write(List("sup", 2)), Encoding.UTF8.GetString(Content(volume, "backup")));
        Assert.Equal(1, volume.Find("backup")!.LinkCount);
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task The_file_of_that_name_elsewhere_is_any_file()
    {
        var image = Image((writer, disk) => Put(writer, disk, "other/image/overlay2/repositories.json", [1], Attributes("600")));
        var volume = await UnpackAsync(image, Engine("1"), b => b.File("inject/data/other/image/overlay2/repositories.json", [2, 3]), Count(1, 2));
        Assert.Equal([2, 3], Content(volume, "other/image/overlay2/repositories.json"));
    }

    [ToolFact("mke2fs")]
    public async Task A_file_that_cannot_be_merged_is_an_error_with_its_partition_and_path()
    {
        const string Where = $"test.tar: partition 1 (data), path {Path}: ";
        async Task Fails<T>(Action<Ext4Change> change, string text)
            where T : Exception
        {
            var image = Image((writer, disk) => change(new(writer, disk)));
            var error = await FailsAsync<T>(image, Engine("1"), b => b.File($"inject/1/{Path}", Utf8(Ours)));
            Assert.StartsWith(Where, error.Message, StringComparison.Ordinal);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }

        await Fails<CorruptFormatException>(c => c.Put(Path, "{\"Repositories\":{\n1}}"), "(line 2, byte 1); repair or delete it");
        await Fails<CorruptFormatException>(c => c.Put(Path, ""), "repair or delete it");
        await Fails<UnsupportedFormatException>(c => c.Writer.CreateFile(Utf8(Path), Attributes("600"), RepositoriesMerge.MaxLength + 1, []), "at most 16777216 are read");
        await Fails<UnsafePathException>(c => c.Writer.CreateSymbolicLink(Utf8(Path), "elsewhere"u8, Attributes("777")), "symbolic link");
        await Fails<UnsafePathException>(c => c.Writer.CreateDirectory(Utf8(Path), Attributes("755")), "not a regular file");
        await Fails<UnsafePathException>(c => c.Writer.CreateSymbolicLink("docker"u8, "lost+found"u8, Attributes("777")), "symbolic link docker");
    }

    [ToolFact("mke2fs")]
    public async Task A_member_that_is_no_such_list_is_refused()
    {
        var image = Image();
        Assert.Contains("the archive brings", (await FailsAsync<CorruptFormatException>(image, Engine("1"), b => b.File($"inject/1/{Path}", [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("has to be a file", (await FailsAsync<CorruptFormatException>(image, Engine("1"), b => b.SymbolicLink($"inject/1/{Path}", "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("has to be a file", (await FailsAsync<CorruptFormatException>(image, Engine("1"), b => b.File("inject/1/a", [1]).HardLink($"inject/1/{Path}", "inject/1/a"))).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 16777216", (await FailsAsync<CorruptFormatException>(image, Engine("1"), b => b.File($"inject/1/{Path}", new byte[RepositoriesMerge.MaxLength + 1]))).Message, StringComparison.Ordinal);
    }

    private sealed record Ext4Change(Formats.Ext4.Ext4Writer Writer, Formats.IO.IDisk Disk)
    {
        public void Put(string path, string content) => EngineUnpackTest.Put(Writer, Disk, path, Utf8(content), Attributes("600"));
    }

    private static List<(string Reference, string Image)> List(string repository, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (string.Create(CultureInfo.InvariantCulture, $"{repository}:{i:d5}"), string.Create(CultureInfo.InvariantCulture, $"image-{i}-{new string('x', i % 50)}")))];

    private static string Write(List<(string Reference, string Image)> list) =>
        $"{{\"Repositories\":{{{string.Join(',', list.GroupBy(entry => entry.Reference.Split(':')[0]).Select(group => $"\"{group.Key}\":{{{string.Join(',', group.Select(entry => $"\"{entry.Reference}\":\"sha256:{entry.Image}\""))}}}"))}}}}}";

    private static TrailerPartition Count(long entries, long bytes) => new() { Partition = "data", Entries = entries, Bytes = bytes };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Formats.Ext4.Ext4Volume volume) => Encoding.UTF8.GetString(Content(volume, Path));
}
