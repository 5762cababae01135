using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Pack;

/// <summary>Folders and archives come over as they are, judged by GNU tar and bsdtar.</summary>
public sealed class PackTreeTests : PackTest
{
    [ToolFact("tar", "rm", RequiresRoot = true)]
    public async Task GNU_tar_extracts_a_hostile_tree_as_it_was()
    {
        var tree = Folder.MakeFolder("tree");
        HostileTree.Create(tree);
        await PackAsync($"1:/tree={tree}");
        var copy = Folder.MakeFolder("copy");
        GnuTar.Unpack(OutputPath, copy);
        Nothing.Wrong("the extracted tree", TreeManifest.Diff(TreeManifest.Read(tree), TreeManifest.Read(Path.Combine(copy, "inject/1/tree"))));
        Assert.Equal(PackImage.Make(), File.ReadAllBytes(Path.Combine(copy, "disk.img")));
    }

    [ToolFact("bsdtar", "tar", "rm", RequiresRoot = true)]
    public async Task Bsdtar_lists_the_same_names_and_extracts_the_same_image()
    {
        var tree = Folder.MakeFolder("tree");
        HostileTree.Create(tree);
        await PackAsync($"data:/={tree}");
        var names = HostTool.RunOk("bsdtar", "-tf", OutputPath).Output.Split('\n');
        Assert.Equal((await ReadAsync(OutputPath)).Count, names.Length - 1);
        var copy = Folder.MakeFolder("copy");
        HostTool.RunOk("bsdtar", "-xf", OutputPath, "-C", copy, "disk.img");
        Assert.Equal(PackImage.Make(), File.ReadAllBytes(Path.Combine(copy, "disk.img")));
    }

    [ToolFact("tar", "rm", RequiresRoot = true)]
    public async Task An_archive_of_a_tree_is_taken_as_it_is()
    {
        var tree = Folder.MakeFolder("tree");
        HostileTree.Create(tree, HostileTreeOptions.Quick with { FilesInOneFolder = 20, FoldersInOneFolder = 20 });
        GnuTar.Pack(Folder["tree.tar"], tree, "root");
        HostTool.RunOk("gzip", "-k", Folder["tree.tar"]);
        await PackAsync($"1:/x={Folder["tree.tar.gz"]}");
        var copy = Folder.MakeFolder("copy");
        GnuTar.Unpack(OutputPath, copy);
        Nothing.Wrong("the extracted tree", TreeManifest.Diff(TreeManifest.Read(tree), TreeManifest.Read(Path.Combine(copy, "inject/1/x/root"))));
    }

    [ToolFact("tar", "rm", RequiresRoot = true)]
    public async Task Paths_beyond_PATH_MAX_and_deeper_than_open_folders_go_come_over()
    {
        var tree = Folder.MakeFolder("tree");
        using (var builder = new TreeBuilder(tree))
        {
            var path = "d";
            for (var depth = 1; depth < 400; depth++)
            {
                builder.Folder(path);
                path += "/" + new string((char)('a' + (depth % 26)), 20);
            }

            builder.File(path, "deep"u8.ToArray());
            builder.File("z", "after"u8.ToArray());
            builder.Finish();
            Assert.True(path.Length > 8000);
        }

        await PackAsync($"1:/={tree}");
        var members = (await ReadAsync(OutputPath)).Where(m => m.Entry.Name.AsSpan().StartsWith("inject/"u8)).ToList();
        Assert.Equal(401, members.Count);
        Assert.Equal("deep"u8.ToArray(), members[^2].Content);
        Assert.True(members[^2].Entry.Name.Length > 8000);
        Assert.Equal("inject/1/z"u8.ToArray(), members[^1].Entry.Name);
    }

    [ToolFact("tar", "ln")]
    public async Task Hard_links_of_an_archive_get_the_destination_in_front()
    {
        var tree = Folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "a"), "a");
        HostTool.RunOk("ln", Path.Combine(tree, "a"), Path.Combine(tree, "b"));
        File.CreateSymbolicLink(Path.Combine(tree, "s"), "/absolute/../x");
        HostTool.RunOk("tar", "-C", tree, "--sort=name", "-cf", Folder["t.tar"], ".");
        await PackAsync($"1:/deep/er={Folder["t.tar"]}");
        var members = (await ReadAsync(OutputPath)).ToDictionary(m => Encoding.UTF8.GetString(m.Entry.Name), m => m.Entry);
        Assert.Equal(FileKind.Directory, members["inject/1/deep/er/"].Kind);
        Assert.Equal("inject/1/deep/er/a", Encoding.UTF8.GetString(members["inject/1/deep/er/b"].LinkName));
        Assert.Equal("/absolute/../x", Encoding.UTF8.GetString(members["inject/1/deep/er/s"].LinkName));
    }

    [ToolFact("tar")]
    public async Task An_archive_can_be_put_in_as_a_file()
    {
        File.WriteAllText(Folder["a"], "a");
        HostTool.RunOk("tar", "-C", Folder.FullPath, "-cf", Folder["t.tar"], "a");
        await PackAsync($"1:/backup.tar=file:{Folder["t.tar"]}", $"1:/x={Folder["t.tar"]}");
        var members = await ReadAsync(OutputPath);
        Assert.Equal("inject/1/backup.tar"u8.ToArray(), members[2].Entry.Name);
        Assert.Equal(File.ReadAllBytes(Folder["t.tar"]), members[2].Content);
        Assert.Equal("inject/1/x/a"u8.ToArray(), members[3].Entry.Name);
    }

    [Fact]
    public async Task Files_that_only_look_like_archives_are_files()
    {
        File.WriteAllBytes(Folder["zeros"], new byte[2048]);
        File.WriteAllBytes(Folder["gz"], [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        File.WriteAllBytes(Folder["text.gz"], [0x1f, 0x8b, 8, 0]);
        await PackAsync($"1:/a={Folder["zeros"]}", $"1:/b={Folder["gz"]}", $"1:/c={Folder["text.gz"]}");
        Assert.Equal([2048, 12, 4], (await ReadAsync(OutputPath)).Skip(2).Take(3).Select(m => m.Content.Length));
    }

    [Fact]
    public async Task The_root_of_a_partition_keeps_its_own_attributes_and_a_named_folder_gets_the_sources()
    {
        var tree = Folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "a"), "a");
        await PackAsync($"1:/={tree}", $"1:/sub={tree}");
        Assert.Equal(
            ["inject/1/a", "inject/1/sub/", "inject/1/sub/a"],
            (await ReadAsync(OutputPath)).Skip(2).SkipLast(1).Select(m => Encoding.UTF8.GetString(m.Entry.Name)));
    }

    [Fact]
    public async Task A_link_that_the_user_names_is_followed_and_one_in_a_folder_is_not()
    {
        var tree = Folder.MakeFolder("tree");
        File.WriteAllText(Path.Combine(tree, "a"), "content");
        File.CreateSymbolicLink(Path.Combine(tree, "s"), "a");
        File.CreateSymbolicLink(Folder["to-tree"], tree);
        File.CreateSymbolicLink(Folder["to-a"], Path.Combine(tree, "a"));
        await PackAsync($"1:/t={Folder["to-tree"]}", $"1:/a={Folder["to-a"]}");
        var members = await ReadAsync(OutputPath);
        Assert.Equal(FileKind.SymbolicLink, members.Single(m => m.Entry.Name.AsSpan().EndsWith("/t/s"u8)).Entry.Kind);
        Assert.Equal("content"u8.ToArray(), members.Single(m => m.Entry.Name.AsSpan().SequenceEqual("inject/1/a"u8)).Content);
    }
}
