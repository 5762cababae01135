using System.Diagnostics;
using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Layers;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

public sealed class LayerTreeTests
{
    private const int Root = LayerTree.Root;
    private readonly LayerTree _tree = new();

    [Fact]
    public void What_was_put_is_found_with_its_path_and_kind()
    {
        var a = Folder(Root, "a");
        var b = Folder(a, "b");
        var file = File(b, "file", 3);
        Assert.Equal(("a", "a/b", "a/b/file", ""), (Path(a), Path(b), Path(file), Path(Root)));
        Assert.Equal(file, Find(b, "file"));
        Assert.Equal(LayerTree.None, Find(a, "file"));
        Assert.Equal(LayerTree.None, Find(b, "fil"));
        Assert.Equal((FileKind.Directory, FileKind.File), (_tree.KindOf(b), _tree.KindOf(file)));
        Assert.Equal((b, a, Root, Root), (_tree.ParentOf(file), _tree.ParentOf(b), _tree.ParentOf(a), _tree.ParentOf(Root)));
    }

    [Fact]
    public void A_name_in_one_folder_is_not_that_in_another()
    {
        var (a, b) = (Folder(Root, "a"), Folder(Root, "b"));
        var inA = File(a, "x");
        var inB = File(b, "x");
        Assert.NotEqual(inA, inB);
        _tree.Remove(a);
        Assert.Equal(LayerTree.None, Find(a, "x"));
        Assert.Equal(inB, Find(b, "x"));
    }

    [Fact]
    public void A_folder_put_again_keeps_what_is_in_it_and_takes_the_new_attributes()
    {
        var a = Folder(Root, "a", 1);
        var x = File(a, "x");
        Assert.Equal(a, Folder(Root, "a", 2));
        Assert.Equal((2, x), (_tree.AttributesOf(a).Mode, Find(a, "x")));
    }

    [Fact]
    public void A_file_in_a_folders_place_takes_all_that_was_in_it_away()
    {
        var a = Folder(Root, "a");
        var b = Folder(a, "b");
        File(b, "x", 5);
        File(a, "y", 7);
        var now = File(Root, "a", 1);
        Assert.Equal((now, FileKind.File, 1L), (Find(Root, "a"), _tree.KindOf(now), _tree.Size));
        Assert.True(_tree.HasLostContent);

        // And a folder that takes the file's place is empty.
        var again = Folder(Root, "a", 9);
        Assert.Equal(9, _tree.AttributesOf(again).Mode);
        Assert.Equal(LayerTree.None, Find(again, "b"));
        Assert.Equal(LayerTree.None, Find(again, "y"));
        var bAgain = Folder(again, "b");
        Assert.Equal(LayerTree.None, Find(bAgain, "x"));
        File(bAgain, "x", 11);
        Assert.Equal(11, _tree.Size);
        _tree.Remove(again);
        Assert.Equal(0, _tree.Size);
    }

    [Fact]
    public void Sizes_are_those_of_files_and_link_targets_each_inode_once()
    {
        var file = File(Root, "file", 10);
        _tree.PutObject(Root, "link"u8, FileKind.SymbolicLink, target: "twelve bytes"u8);
        _tree.PutObject(Root, "device"u8, FileKind.CharacterDevice);
        _tree.PutObject(Root, "fifo"u8, FileKind.Fifo);
        Folder(Root, "folder");
        _tree.PutHardLink(Root, "hard"u8, file);
        Assert.Equal(22, _tree.Size);

        _tree.Remove(file);
        Assert.Equal(22, _tree.Size);
        _tree.Remove(Find(Root, "hard"));
        Assert.Equal(12, _tree.Size);
    }

    [Fact]
    public void Hard_links_of_hard_links_are_one_inode_with_its_kind()
    {
        var link = _tree.PutObject(Root, "s"u8, FileKind.SymbolicLink, target: "t"u8);
        _tree.PutHardLink(Root, "h"u8, link);
        _tree.PutHardLink(Root, "i"u8, Find(Root, "h"));
        Assert.Equal(FileKind.SymbolicLink, _tree.KindOf(Find(Root, "i")));
        Assert.Equal("t"u8, _tree.TargetOf(Find(Root, "i")));
        Assert.Equal(1, _tree.Size);
    }

    [Fact]
    public void A_hard_link_in_the_place_of_another_name_of_its_inode_changes_no_size()
    {
        var a = File(Root, "a", 4);
        _tree.PutHardLink(Root, "b"u8, a);
        _tree.PutHardLink(Root, "b"u8, a);
        Assert.Equal(4, _tree.Size);
        _tree.Remove(a);
        Assert.Equal(4, _tree.Size);
        _tree.Remove(Find(Root, "b"));
        Assert.Equal(0, _tree.Size);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Only_content_can_be_lost(long size, bool expected)
    {
        File(Root, "a", size);
        _tree.PutObject(Root, "l"u8, FileKind.SymbolicLink, target: "target"u8);
        _tree.PutObject(Root, "a"u8, FileKind.Fifo);
        _tree.PutObject(Root, "l"u8, FileKind.Fifo);
        Assert.Equal(expected, _tree.HasLostContent);
    }

    [Fact]
    public void A_hard_link_that_goes_takes_no_content_with_it_and_the_name_that_got_it_does()
    {
        var file = File(Root, "a", 5);
        _tree.PutHardLink(Root, "b"u8, file);
        _tree.PutHardLink(Root, "c"u8, file);
        _tree.Remove(Find(Root, "b"));
        Assert.False(_tree.HasLostContent);
        _tree.Remove(file);
        Assert.True(_tree.HasLostContent);
    }

    [Fact]
    public void A_link_by_which_entries_came_may_not_go()
    {
        var link = _tree.PutObject(Root, "l"u8, FileKind.SymbolicLink, target: "t"u8);
        _tree.MarkFollowed(link);
        Assert.False(_tree.HasLostContent);
        Folder(Root, "l");
        Assert.True(_tree.HasLostContent);
    }

    [Fact]
    public void Records_stay_with_a_name()
    {
        var node = File(Root, "a");
        Assert.True(_tree.Record(node, LayerRecords.Entry));
        Assert.True(_tree.Record(node, LayerRecords.Rooted));
        _tree.Remove(node);
        node = Folder(Root, "a");
        Assert.False(_tree.Record(node, LayerRecords.Entry));
        Assert.True(_tree.Record(node, LayerRecords.Opaque));
        Assert.True(_tree.Record(Folder(node, "a"), LayerRecords.Entry));
    }

    [Fact]
    public void A_sum_beyond_what_a_number_holds_is_an_error_and_no_other_number()
    {
        File(Root, "a", long.MaxValue);
        Assert.Equal(long.MaxValue, _tree.Size);
        File(Root, "b", 1);
        Assert.Throws<UnsupportedFormatException>(() => _tree.Size);
    }

    [Fact]
    public void Paths_names_and_attributes_have_their_limits()
    {
        var tree = new LayerTree(new LayerLimits(Paths: 3, NameBytes: 1 << 20, XattrBytes: 1 << 20));
        for (var i = 0; i < 3; i++) tree.PutObject(Root, [(byte)('a' + i)], FileKind.File);
        tree.PutObject(Root, "a"u8, FileKind.Fifo);
        Assert.Contains("3 paths", Assert.Throws<UnsupportedFormatException>(() => tree.PutObject(Root, "d"u8, FileKind.File)).Message, StringComparison.Ordinal);

        tree = new LayerTree(new LayerLimits(Paths: 1000, NameBytes: 1 << 20, XattrBytes: 1 << 20));
        for (var i = 0; i < 255; i++) tree.PutObject(Root, [(byte)i, 1], FileKind.SymbolicLink, target: new byte[4096]);
        Assert.Contains("1 MiB", Assert.Throws<UnsupportedFormatException>(() => tree.PutObject(Root, "last"u8, FileKind.SymbolicLink, target: new byte[4096])).Message, StringComparison.Ordinal);

        // Given again and again, a folder counts once.
        tree = new LayerTree(new LayerLimits(Paths: 1000, NameBytes: 1 << 20, XattrBytes: 1 << 20));
        for (var i = 0; i < 20; i++) tree.PutFolder(Root, "d"u8, WithXattr(60_000));
        for (var i = 0; i < 16; i++) tree.PutFolder(Root, [(byte)i], WithXattr(60_000));
        Assert.Contains("1 MiB", Assert.Throws<UnsupportedFormatException>(() => tree.PutFolder(Root, "e"u8, WithXattr(60_000))).Message, StringComparison.Ordinal);

        static UnixAttributes WithXattr(int length) => new() { Xattrs = [new Xattr("user.x"u8.ToArray(), new byte[length])] };
    }

    [Fact]
    public void Names_have_255_bytes_at_most()
    {
        var longest = new byte[255];
        longest.AsSpan().Fill((byte)'n');
        Assert.Equal(longest, _tree.PathOf(_tree.PutObject(Root, longest, FileKind.File)));
        Assert.Throws<UnsupportedFormatException>(() => _tree.PutObject(Root, [.. longest, (byte)'n'], FileKind.File));
        Assert.Throws<UnsupportedFormatException>(() => _tree.PutFolder(Root, new byte[256], new UnixAttributes()));
    }

    [Fact]
    public void Two_hundred_thousand_names_in_one_folder_take_no_time()
    {
        var folder = Folder(Root, "d");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 200_000; i++) File(folder, $"name-{i}", 1);
        for (var i = 0; i < 200_000; i++) Assert.NotEqual(LayerTree.None, Find(folder, $"name-{i}"));
        Assert.Equal(200_000, _tree.Size);
        _tree.Remove(folder);

        // No measure of speed: to look through all names for each takes 40 thousand million steps, and on a busy machine the right way has taken five seconds.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(0, _tree.Size);
    }

    [Fact]
    public void A_large_folder_that_comes_and_goes_costs_no_more_than_what_is_put_into_it()
    {
        var folder = Folder(Root, "d");
        for (var i = 0; i < 100_000; i++) File(folder, $"name-{i}");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 20_000; i++)
        {
            File(Root, "d");
            File(Folder(Root, "d"), "name-1", 1);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(1, _tree.Size);
        File(Root, "d");
        Assert.Equal(0, _tree.Size);
    }

    [Fact]
    public void Folders_fifty_thousand_deep_are_removed_without_a_deep_stack()
    {
        var top = Folder(Root, "d");
        var node = top;
        for (var i = 1; i < 50_000; i++) node = Folder(node, "d");
        var file = File(node, "f", 1);
        Assert.Throws<CorruptFormatException>(() => _tree.PathOf(file));
        _tree.Remove(top);
        Assert.Equal((0L, LayerTree.None), (_tree.Size, Find(Root, "d")));
    }

    [Fact]
    public void A_name_that_comes_and_goes_takes_no_further_room()
    {
        File(Root, "a");
        var node = Find(Root, "a");
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(node, Folder(Root, "a"));
            Assert.Equal(node, File(Root, "a", i));
        }

        Assert.Equal(999, _tree.Size);
    }

    [Fact]
    public void A_tree_does_what_a_simple_model_does()
    {
        var random = new Random(12);
        var model = new SortedDictionary<string, FileKind>(StringComparer.Ordinal);
        for (var step = 0; step < 5000; step++)
        {
            var folders = model.Where(pair => pair.Value == FileKind.Directory).Select(pair => pair.Key).Append("").ToList();
            var folder = folders[random.Next(folders.Count)];
            if (folder.Count(c => c == '/') > 3) continue;
            var path = folder.Length == 0 ? $"{random.Next(4)}" : $"{folder}/{random.Next(4)}";
            var isFolder = random.Next(2) == 0;
            if (isFolder) Folder(Node(folder), path[(path.LastIndexOf('/') + 1)..]);
            else File(Node(folder), path[(path.LastIndexOf('/') + 1)..], 1);
            if (!isFolder || model.GetValueOrDefault(path) != FileKind.Directory)
                foreach (var gone in model.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal)).ToList()) model.Remove(gone);
            model[path] = isFolder ? FileKind.Directory : FileKind.File;
            Assert.Equal(model.Count(pair => pair.Value == FileKind.File), _tree.Size);
        }

        foreach (var (path, kind) in model) Assert.Equal(kind, _tree.KindOf(Node(path)));
        Assert.InRange(model.Count, 20, 2000);
    }

    private int Node(string path)
    {
        var node = Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) node = Find(node, part);
        return node;
    }

    private int Folder(int parent, string name, int mode = 0) => _tree.PutFolder(parent, Encoding.UTF8.GetBytes(name), new UnixAttributes { Mode = mode });

    private int File(int parent, string name, long size = 0) => _tree.PutObject(parent, Encoding.UTF8.GetBytes(name), FileKind.File, size);

    private int Find(int folder, string name) => _tree.Find(folder, Encoding.UTF8.GetBytes(name));

    private string Path(int node) => Encoding.UTF8.GetString(_tree.PathOf(node));
}
