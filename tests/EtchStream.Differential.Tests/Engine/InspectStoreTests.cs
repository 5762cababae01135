using System.Globalization;
using System.Text.Json.Nodes;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What <c>inspect</c> says of a store is what an engine says that is started on it: images, names, IDs, sizes, layers.</summary>
[Collection(EngineCollection.Name)]
public sealed class InspectStoreTests(CheckedDisk disks) : IClassFixture<CheckedDisk>
{
    [ToolFact("dockerd", "busybox", "mkfs.vfat", "mcopy", "debugfs", RequiresRoot = true)]
    public async Task A_store_is_told_as_the_engine_tells_it()
    {
        using var folder = new TemporaryFolder();
        var image = folder["disk.img"];
        HostTool.RunOk("cp", "--sparse=always", await disks.PreloadedAsync(), image);
        List<JsonNode> engineImages;
        var histories = new Dictionary<string, long[]>(StringComparer.Ordinal);
        using (var mount = LoopMount.Open(BalenaDisk.Data(image), readOnly: false))
        {
            await using var engine = await DockerEngine.StartAsync(Path.Combine(mount.Path, "docker"));

            // One more that shares layers, one whose layers are its own, and one without a name.
            var context = folder.MakeFolder("context");
            await File.WriteAllTextAsync(Path.Combine(context, "file"), new string('x', 54_321));
            HostTool.RunOk("tar", "-c", "-f", folder["root.tar"], "-C", context, "file");
            engine.Docker("import", folder["root.tar"], "imported:1");
            engine.Docker("tag", "balena_supervisor:v14.0.3", "second/name:of-it");
            await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM imported:1\nCOPY file /again\nCOPY file /and/again\nENV A=b\n");
            engine.Docker("build", "-q", context);
            var ids = engine.Docker("images", "-a", "-q", "--no-trunc").Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray();
            engineImages = [.. JsonNode.Parse(engine.Docker(["image", "inspect", .. ids]))!.AsArray().Select(i => i!)];
            foreach (var id in ids)
            {
                histories[id] = [.. engine.Docker("history", "--no-trunc", "--human=false", "--format", "{{.Size}}", id)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries).Reverse().Select(s => long.Parse(s, CultureInfo.InvariantCulture))];
            }
        }

        var report = JsonNode.Parse(OurCommandLine.Run("inspect", "--json", image).Succeeded().Output)!["image"]!;
        var system = report["partitions"]!.AsArray().Single(p => (int)p!["number"]! == 6)!["fileSystem"]!;
        var store = system["store"]!;
        Assert.Empty(store["problems"]!.AsArray());
        Assert.Equal("/docker", (string)store["root"]!);
        var ours = store["images"]!.AsArray().ToDictionary(i => (string)i!["imageId"]!, i => i!, StringComparer.Ordinal);
        Assert.True(engineImages.Count >= 5);
        Assert.Equal(engineImages.Select(i => (string)i["Id"]!).Order(StringComparer.Ordinal), ours.Keys.Order(StringComparer.Ordinal));
        var layers = store["layers"]!.AsArray().ToDictionary(l => (string)l!["chainId"]!, l => l!, StringComparer.Ordinal);
        foreach (var theirs in engineImages)
        {
            var id = (string)theirs["Id"]!;
            var our = ours[id];
            Assert.Equal(Texts(theirs["RepoTags"]), Texts(our["tags"]));
            Assert.Equal(Texts(theirs["RepoDigests"]), Texts(our["digests"]));
            Assert.Equal((long)theirs["Size"]!, (long)our["size"]!);
            Assert.Equal($"{theirs["Os"]}/{theirs["Architecture"]}", (string)our["platform"]!);
            var mine = our["layers"]!.AsArray().Select(c => layers[(string)c!]).ToArray();
            Assert.Equal(theirs["RootFS"]!["Layers"]!.AsArray().Select(l => (string)l!), mine.Select(l => (string)l["diffId"]!));

            // History has lines without a layer too, with no bytes.
            Assert.Equal(histories[id].Where(s => s > 0), mine.Select(l => (long)l["size"]!).Where(s => s > 0));
        }

        foreach (var (chain, layer) in layers) Assert.Equal(ours.Values.Count(i => i["layers"]!.AsArray().Any(l => (string)l! == chain)), (int)layer["images"]!);
        Assert.Contains(layers.Values, l => (int)l["images"]! > 1);
        Assert.Equal(layers.Values.Sum(l => (long)l["size"]!), (long)store["bytes"]!);
        Assert.Equal(engineImages.Sum(i => (long)i["Size"]!), (long)store["imageBytes"]!);
        Assert.True((long)store["bytes"]! < (long)store["imageBytes"]!);

        // The service's image is the one that the engine finds under the name that the file has.
        var service = Assert.Single(system["apps"]!["services"]!.AsArray())!;
        var named = engineImages.Single(i => Texts(i["RepoDigests"]).Contains((string)service["image"]!));
        Assert.Equal(((string)named["Id"]!, false), ((string)service["imageId"]!, (bool)service["isMissing"]!));
    }

    [ToolFact("dockerd", "busybox", "mkfs.vfat", "mcopy", "debugfs", RequiresRoot = true)]
    public async Task An_archive_tells_of_its_images_what_the_disk_does_that_it_makes()
    {
        using var folder = new TemporaryFolder();
        var disk = JsonNode.Parse(OurCommandLine.Run("inspect", "--json", await disks.PreloadedAsync()).Succeeded().Output)!["image"]!["partitions"]!.AsArray().Single(p => (int)p!["number"]! == 6)!["fileSystem"]!;
        foreach (var reuse in (string[][])[["--no-reuse"], []])
        {
            var archive = await disks.PackAsync(folder[$"{reuse.Length}.tar"], reuse);
            var report = JsonNode.Parse(OurCommandLine.Run("inspect", "--json", archive).Succeeded().Output)!["archive"]!;
            Assert.False((bool)report["isRead"]!);
            var store = report["store"]!;
            var image = Assert.Single(store["images"]!.AsArray())!;
            var same = disk["store"]!["images"]!.AsArray().Single(i => (string)i!["imageId"]! == (string)image["imageId"]!)!;
            foreach (var member in (string[])["digests", "layers"]) Assert.Equal(same[member]!.ToJsonString(), image[member]!.ToJsonString());
            var sizes = disk["store"]!["layers"]!.AsArray().ToDictionary(l => (string)l!["chainId"]!, l => (long)l!["size"]!, StringComparer.Ordinal);
            foreach (var layer in store["layers"]!.AsArray())
            {
                if ((bool?)layer!["isReused"] == true) Assert.Null(layer["size"]);
                else Assert.Equal(sizes[(string)layer["chainId"]!], (long)layer["size"]!);
            }

            Assert.Equal(reuse.Length > 0 ? (long)same["size"]! : null, (long?)image["size"]);
            Assert.Equal((string)disk["apps"]!["services"]![0]!["imageId"]!, (string)report["apps"]!["services"]![0]!["imageId"]!);
        }
    }

    private static string[] Texts(JsonNode? array) => [.. array!.AsArray().Select(t => (string)t!).Order(StringComparer.Ordinal)];
}
