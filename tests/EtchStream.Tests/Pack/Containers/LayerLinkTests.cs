using System.Globalization;
using System.Text;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Layers whose entries the kernel shows, once packed and unpacked, as an engine (moby 20.10) leaves them.</summary>
public sealed class LayerLinkTests : ContainerPackTest
{
    private const string Capability = "security.capability=0100000200200000000000000000000000000000";
    private const long Time = LayerTar.Time;

    private static readonly Dictionary<string, string[]> Expected = new(StringComparer.Ordinal)
    {
        ["hard link with other metadata than its target"] = [$"a File 4755 3:4 9 2", $"h File 4755 3:4 9 2"],
        ["hard links to all kinds"] =
        [
            $"a File 644 0:0 {Time} 2", $"c CharacterDevice 666 0:0 5 2 1:3", $"h File 644 0:0 {Time} 2", $"hc CharacterDevice 666 0:0 5 2 1:3", $"hp Fifo 644 0:0 {Time} 2",
            $"hs SymbolicLink 777 9:0 {Time} 2", $"p Fifo 644 0:0 {Time} 2", $"s SymbolicLink 777 9:0 {Time} 2",
        ],
        ["other xattrs on target and hard link"] = [$"a File 644 0:0 {Time} 2 user.a=31 user.b=32", $"h File 644 0:0 {Time} 2 user.a=31 user.b=32"],
        ["capability on the hard link only"] = [$"a File 755 0:0 {Time} 2 {Capability}", $"h File 755 0:0 {Time} 2 {Capability}"],
        ["capability on target and hard link"] = [$"a File 755 0:0 {Time} 2 {Capability}", $"h File 755 0:0 {Time} 2 {Capability}"],

        // Here it is kept on purpose.
        ["capability on the target only"] = [$"a File 755 0:0 {Time} 2 {Capability}", $"h File 755 0:0 {Time} 2 {Capability}"],
        ["hard link to what a whiteout is made as"] = [$"a CharacterDevice 600 0:0 {Time} 2", $"b CharacterDevice 600 0:0 {Time} 2"],
        ["trailing slashes on what is no folder"] = [$"f File 644 0:0 {Time} 1", $"h SymbolicLink 777 0:0 {Time} 2", $"s SymbolicLink 777 0:0 {Time} 2"],
        ["a file with a slash and content"] = [$"f File 600 0:0 {Time} 1"],
        ["attributes that the target cannot have"] =
        [
            $"f Fifo 640 0:0 {Time} 2 trusted.t=31", $"hf Fifo 640 0:0 {Time} 2 trusted.t=31", $"hs SymbolicLink 777 0:0 {Time} 2 trusted.t=31", $"s SymbolicLink 777 0:0 {Time} 2 trusted.t=31",
        ],
        ["many"] = [.. Enumerable.Range(1, 4).Select(i => $"{i} File 644 0:0 {Time} 4 user.1=31 user.2=32 user.3=33 user.4=34")],
    };

    private static readonly EngineImage[] Odd =
    [
        .. OddImages.All.Where(image => Expected.ContainsKey(image.Name)),
        new("a file with a slash and content", EngineLayer.Gzip(new LayerTar().File("f/", "content", 600).End())),
        new("attributes that the target cannot have", EngineLayer.Gzip(new LayerTar()
            .Symlink("s", "x").Pax(Both).Link("hs", "s", 640).Node("f", '6').Pax(Both).Link("hf", "f", 640).End())),
        new("many", EngineLayer.Gzip(new LayerTar().Xattr("user.1", "1").File("1").Xattr("user.2", "2").Link("2", "1").Xattr("user.3", "3").Link("3", "2").Xattr("user.4", "4").Link("4", "1").End())),
    ];

    private static (string Key, byte[] Value)[] Both => [("SCHILY.xattr.user.u", "1"u8.ToArray()), ("SCHILY.xattr.trusted.t", "1"u8.ToArray())];

    [ToolFact("mke2fs", "e2fsck", "mount", "tar", "bsdtar", RequiresRoot = true)]
    public async Task Hard_links_and_names_with_a_slash_come_out_as_with_an_engine()
    {
        Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), Odd.Select(image => image.Name).Order(StringComparer.Ordinal));
        var files = TestLayouts.Oci(
            Odd.Select(image => (image.Manifest, image.ManifestType, (string?)Name(image))),
            Odd.SelectMany(image => image.Layers.Select(layer => Bytes(layer.Blob)).Append(image.Config)));
        TestLayouts.WriteDirectory(Folder["layout"], files);
        var archive = await PackAsync(Images([.. Odd.Select(image => $"oci:{Folder["layout"]}:{Name(image)}")]));
        await UnpackAsync(archive);
        Nothing.Wrong("complaints of e2fsck", [.. ContainerDisk.Partition(Folder["unpacked.img"]).Check()]);

        using var mount = LoopMount.Open(ContainerDisk.Partition(Folder["unpacked.img"]));
        var store = EngineStore.Read(Path.Combine(mount.Path, "docker"));
        foreach (var image in Odd)
        {
            var layer = store.Layers.Values.Single(layer => layer.DiffId == image.Layers[0].Tar.Digest.ToString());
            Assert.Equal(Expected[image.Name], layer.Tree!.Entries.Where(entry => entry.Path.Length > 0).Select(Describe).Order(StringComparer.Ordinal));
        }

        Nothing.Wrong("layers that cannot be rebuilt", [.. store.NotReplayed()]);
        ExtractsWithTools(await SaveAsync(archive));
    }

    private void ExtractsWithTools(string archive)
    {
        foreach (var tool in (string[])["tar", "bsdtar"])
        {
            var names = HostTool.RunOk(tool, "-tf", archive);
            Assert.Equal("", names.Error);
            Assert.Contains("/diff/hs\n", names.Output, StringComparison.Ordinal);
            var target = Folder.MakeFolder(tool);
            Assert.Equal("", HostTool.RunOk(tool, "--numeric-owner", "-xpf", archive, "-C", target).Error);
            var extracted = TreeManifest.Read(target).Entries.Where(entry => Encoding.Latin1.GetString(entry.Path).EndsWith("/diff/hs", StringComparison.Ordinal));
            Assert.Equal([2u, 2u], extracted.Select(entry => entry.LinkCount));
        }
    }

    private static string Name(EngineImage image) => image.Name.Replace(' ', '-');

    private static byte[] Bytes(LayerContent content)
    {
        using var stream = content.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Describe(TreeEntry entry)
    {
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.Latin1.GetString(entry.Path)} {entry.Kind} {Convert.ToString(entry.Mode, 8)} {entry.UserId}:{entry.GroupId} {entry.ModificationTime.Seconds} {entry.LinkCount}"));
        if (entry.Device != (0, 0)) text.Append(CultureInfo.InvariantCulture, $" {entry.Device.Major}:{entry.Device.Minor}");
        foreach (var xattr in entry.Xattrs) text.Append(' ').Append(Encoding.ASCII.GetString(xattr.Name)).Append('=').Append(Convert.ToHexString(xattr.Value));
        return text.ToString();
    }
}
