using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using EtchStream.Trees;
using Xunit;
using TreeEntry = EtchStream.Trees.TreeEntry;

namespace EtchStream.Tests.Trees;

/// <summary>Every kind of tree answers the same of the same content.</summary>
public sealed class TreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _big = new byte[700_000];

    public TreeTests()
    {
        new Random(1).NextBytes(_big);
        var tree = _folder.MakeFolder("tree");
        Directory.CreateDirectory(Path.Combine(tree, "a/b/empty"));
        File.WriteAllText(Path.Combine(tree, "a/small"), "small");
        File.WriteAllBytes(Path.Combine(tree, "a/b/big"), _big);
        File.WriteAllText(Path.Combine(tree, "none"), "");
        File.CreateSymbolicLink(Path.Combine(tree, "a/link"), "b/big");
        File.CreateSymbolicLink(Path.Combine(tree, "up"), "a/b");
        File.CreateSymbolicLink(Path.Combine(tree, "out"), "/etc");
        HostTool.RunOk("ln", Path.Combine(tree, "a/small"), Path.Combine(tree, "second"));
        HostTool.RunOk("bash", "-c", $"printf bytes > '{tree}/'$'\\xff\\xfe'");
        using var sparse = File.OpenHandle(Path.Combine(tree, "sparse"), FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.SetLength(sparse, 1 << 20);
        RandomAccess.Write(sparse, "in the middle"u8, 500_000);
    }

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs", "tar", "ln", "gzip")]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    [InlineData("ext4")]
    [InlineData("synchronized")]
    public async Task The_same_is_found(string kind)
    {
        using var tree = await OpenAsync(kind);
        Assert.Equal(["a", "none", "out", "second", "sparse", "up", "\u00ff\u00fe"], tree.List(""u8).Select(Encoding.Latin1.GetString).Where(n => n != "lost+found"));
        Assert.Equal(["b", "link", "small"], tree.List("a"));
        Assert.Equal(["b", "link", "small"], tree.List("/a//"));
        Assert.Empty(tree.List("a/b/empty"));
        Assert.Empty(tree.List("a/small"));
        Assert.Empty(tree.List("nowhere"));
        Assert.Equal(FileKind.Directory, tree.Find("")!.Kind);
        Assert.Equal(FileKind.Directory, tree.Find("a/b")!.Kind);
        Assert.Equal((FileKind.File, 5L), (tree.Find("a/small")!.Kind, tree.Find("a/small")!.Size));
        Assert.Equal("b/big", Encoding.UTF8.GetString(tree.Find("a/link")!.LinkTarget!));
        Assert.Null(tree.Find("a/small/x"));
        Assert.Null(tree.Find("a/link/x"));
        Assert.Null(tree.Find("up/big"));
        Assert.Null(tree.Find("out/hostname"));
        Assert.Null(tree.Find("a/smal"));
        Assert.Null(tree.Find("a/small\0x"));
        Assert.Equal("small"u8, tree.TryRead("second", 100)!);
        Assert.Equal(_big, tree.TryRead("a/b/big", 1 << 20)!);
        Assert.Equal([], tree.TryRead("none", 0)!);
        Assert.Null(tree.TryRead("a", 100));
        Assert.Null(tree.TryRead("a/link", 100));
        Assert.Equal("bytes"u8, Read(tree, tree.Find([0xff, 0xfe])!));
        Assert.Throws<CorruptFormatException>(() => tree.TryRead("a/small", 4));

        var sparse = tree.TryRead("sparse", 1 << 20)!;
        Assert.Equal((1 << 20, "in the middle"), (sparse.Length, Encoding.ASCII.GetString(sparse, 500_000, 13)));
        Assert.Equal(13, sparse.Count(b => b != 0));

        using var stream = tree.Open(tree.Find("a/b/big")!);
        stream.Position = 600_000;
        var part = new byte[200_000];
        Assert.Equal(100_000, stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false));
        Assert.True(part.AsSpan(0, 100_000).SequenceEqual(_big.AsSpan(600_000)));
    }

    [ToolTheory("mke2fs", "tar", "ln", "gzip")]
    [InlineData("folder")]
    [InlineData("tar")]
    [InlineData("ext4")]
    public async Task Links_are_followed_within_a_folder_and_not_out_of_it(string kind)
    {
        var tree = Path.Combine(_folder.FullPath, "tree");
        foreach (var (name, target) in ((string, string)[])[("a/abs", "/b/big"), ("a/climb", "../../../../b/big"), ("a/host", "/etc/hostname"), ("a/loop", "loop"), ("a/to-dir", "b"), ("a/chain", "to-dir/../to-dir/big")])
            File.CreateSymbolicLink(Path.Combine(tree, name), target);
        using var opened = await OpenAsync(kind);
        TreeEntry? Follow(string path) => LinkResolver.Find(opened, "a"u8, Encoding.UTF8.GetBytes(path));

        foreach (var path in (string[])["b/big", "link", "abs", "climb", "to-dir/big", "chain", "./b/./big", "/b//big", "../b/big", "b/../../../b/big"]) Assert.Equal(_big.Length, Follow(path)!.Size);
        Assert.Null(Follow("host"));
        Assert.Null(Follow("nothing"));
        Assert.Null(Follow("small/x"));
        Assert.Equal(FileKind.Directory, Follow("")!.Kind);
        Assert.Contains("circle", Assert.Throws<CorruptFormatException>(() => Follow("loop")).Message, StringComparison.Ordinal);
    }

    [ToolFact("tar")]
    public async Task A_tar_that_is_cut_off_is_no_tree()
    {
        HostTool.RunOk("tar", "-c", "-f", _folder["a.tar"], "-C", _folder["tree"], ".");
        var bytes = await File.ReadAllBytesAsync(_folder["a.tar"]);
        await File.WriteAllBytesAsync(_folder["a.tar"], bytes[..300_000]);
        await Assert.ThrowsAsync<CorruptFormatException>(() => OpenTarAsync(FileDisk.OpenRead(_folder["a.tar"])));
    }

    private static byte[] Read(IFileTree tree, TreeEntry file)
    {
        using var stream = tree.Open(file);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private async Task<IFileTree> OpenAsync(string kind)
    {
        switch (kind)
        {
            case "folder":
                return OperatingSystem.IsLinux() ? new FolderTree(_folder["tree"]) : throw new InvalidOperationException("these tests run on Linux");
            case "synchronized":
                return new SynchronizedTree(await OpenAsync("folder"));
            case "ext4":
                Ext4Image.Make(_folder["ext4.img"], 0, 16 << 20, "-t", "ext4", "-d", _folder["tree"]);
                return PartitionTree.Open(FileDisk.OpenRead(_folder["ext4.img"]), "ext4");
            case "tar":
                HostTool.RunOk("tar", "-c", "-S", "-f", _folder["a.tar"], "-C", _folder["tree"], ".");
                return await OpenTarAsync(FileDisk.OpenRead(_folder["a.tar"]));
            default:
                HostTool.RunOk("tar", "-c", "-z", "-S", "--format=posix", "-f", _folder["a.tgz"], "-C", _folder["tree"], ".");
                using (var file = File.OpenRead(_folder["a.tgz"]))
                {
                    var expanded = await ExpandedFile.CreateAsync(file, Formats.Compression.CompressionFormat.Gzip, "a.tgz", CancellationToken.None);
                    return await TarTree.OpenAsync(expanded.AsDisk(), expanded, "a.tgz", CancellationToken.None);
                }
        }
    }

    private static async Task<IFileTree> OpenTarAsync(FileDisk disk)
    {
        try
        {
            return await TarTree.OpenAsync(disk, disk, "a.tar", CancellationToken.None);
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }
}
