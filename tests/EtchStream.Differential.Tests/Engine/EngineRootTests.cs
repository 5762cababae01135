using System.Text.Json.Nodes;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What an engine at rest holds goes from its data root, wherever that lies, into the store of another engine, which has the same images then.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineRootTests(EngineFixture fixture)
{
    [ToolTheory("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "tar", "gzip", RequiresRoot = true)]
    [InlineData("folder")]
    [InlineData("archive")]
    [InlineData("disk")]
    public async Task Another_engine_lists_runs_and_saves_the_same_images(string form)
    {
        var pulled = await fixture.PulledAsync();
        var images = pulled.Together.Images.Where(image => image is { IsAccepted: true, IsReplayed: true }).ToArray();
        Assert.InRange(images.Length, 15, 60);
        using var folder = new TemporaryFolder();
        Inspect(folder["inspect.json"], pulled, images);
        using var packed = PackedStore.Make(PackedDisk.BalenaMbr, ["--container", $"engine:{Place(form, folder, pulled)}", "--engine-images", folder["inspect.json"]]);
        string[] expected = [.. PackedEngineFixture.Repositories(pulled.Together.Path).Where(name => images.Any(i => name.Key == i.ByTag || name.Key == i.ByDigest)).Select(n => $"{n.Key} {n.Value}").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, PackedEngineFixture.Repositories(packed.DataRoot).Select(n => $"{n.Key} {n.Value}").Order(StringComparer.Ordinal));
        await using (var engine = await DockerEngine.StartAsync(packed.DataRoot))
        {
            var listed = Lines(engine.Docker("images", "--no-trunc", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}"));
            Assert.Equal(
                images.Select(i => $"{i.Repository} {PushedImage.Tag} {i.ManifestDigest} {PackedEngineTests.IdOf(pulled, i)}").Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            Assert.Equal(CheckImage.Transcript, PackedEngineTests.Utf8(engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, pulled.Checked.ByTag, .. CheckImage.Command])));
            Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByTag));
            var saved = images.Where(i => i.Source?.Layers.Length != 0).ToArray();
            engine.Docker(["save", "-o", folder["images.tar"], .. saved.Select(i => i.ByTag)]);
            var read = SavedImage.Read(folder["images.tar"]);
            Assert.Equal(saved.Length, read.Count);
            Nothing.Wrong("layers of saved images", [.. read.Where(i => !i.Layers.SequenceEqual(i.DiffIds, StringComparer.Ordinal)).Select(i => i.Tags[0])]);
        }

        Nothing.Wrong("complaints of e2fsck", [.. packed.Unmount().Check()]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task A_layer_whose_file_was_changed_is_refused_and_named()
    {
        var small = await fixture.SmallAsync();
        using var folder = new TemporaryFolder();
        var copy = small.Volume["changed by hand"];
        HostTool.RunOk("cp", "-a", small.Root, copy);
        var file = Directory.EnumerateFiles(Path.Combine(copy, "overlay2"), "new", SearchOption.AllDirectories).Single(path => path.EndsWith("/diff/d/new", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, "3");
        PackedDisk.BalenaMbr.Make(folder["disk.img"]);
        var result = OurCommandLine.Run("pack", "--image", folder["disk.img"], "--container", $"engine:{copy}", "-o", folder["a.tar"]);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"engine:{copy}", result.Error, StringComparison.Ordinal);
        Assert.Contains("its file d/new has another content", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["a.tar"]));

        // Without its tar-split the layer cannot be told to be right.
        var split = Directory.EnumerateFiles(Path.Combine(copy, "image"), "tar-split.json.gz", SearchOption.AllDirectories).First();
        File.Delete(split);
        result = OurCommandLine.Run("pack", "--image", folder["disk.img"], "--container", $"engine:{copy}", "-o", folder["a.tar"]);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("tar-split.json.gz", result.Error, StringComparison.Ordinal);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task An_app_is_packed_without_its_registry_where_a_store_has_its_images()
    {
        var small = await fixture.SmallAsync();
        using var folder = new TemporaryFolder();
        PackedDisk.BalenaMbr.Make(folder["disk.img"]);

        // Under this name nobody answers.
        var copy = small.Volume["other name"];
        HostTool.RunOk("cp", "-a", small.Root, copy);
        var list = Path.Combine(copy, "image/overlay2/repositories.json");
        var name = $"registry.invalid/app@{small.Image.ManifestDigest}";
        await File.WriteAllTextAsync(list, (await File.ReadAllTextAsync(list)).Replace(small.Image.Repository, "registry.invalid/app", StringComparison.Ordinal));
        var service = new JsonObject { ["id"] = 1, ["image_id"] = 1, ["image"] = name, ["environment"] = new JsonObject(), ["labels"] = new JsonObject() };
        var release = new JsonObject { ["id"] = 1, ["services"] = new JsonObject { ["main"] = service } };
        var app = new JsonObject { ["id"] = 1, ["name"] = "app", ["releases"] = new JsonObject { ["abc"] = release } };
        await File.WriteAllTextAsync(folder["apps.json"], new JsonObject { ["apps"] = new JsonObject { [new string('a', 32)] = app } }.ToJsonString());

        string[] arguments = ["pack", "--image", folder["disk.img"], "--apps", folder["apps.json"], "--container", $"engine:{copy}", "--engine-images", folder["apps.json"], "-o", folder["a.tar"]];
        OurCommandLine.Run(arguments).Succeeded();
        OurCommandLine.Run("unpack", folder["a.tar"], folder["out.img"]).Succeeded();
        var inspected = OurCommandLine.Run("inspect", folder["a.tar"]).Succeeded().Output;
        Assert.Contains(name, inspected, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder["apps.json"], (await File.ReadAllTextAsync(folder["apps.json"])).Replace("/app@", "/other@", StringComparison.Ordinal));
        var result = OurCommandLine.Run(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"registry.invalid/other@{small.Image.ManifestDigest}", result.Error, StringComparison.Ordinal);
    }

    private static string Place(string form, TemporaryFolder folder, PulledImages pulled)
    {
        var root = pulled.Together.Path;
        switch (form)
        {
            case "folder":
                return root;
            case "archive":
                HostTool.RunOk("tar", "-c", "-z", "--format=posix", "--xattrs", "--xattrs-include=*", "-f", folder["docker.tgz"], "-C", Path.GetDirectoryName(root)!, "--", Path.GetFileName(root));
                return folder["docker.tgz"];
            default:
                // The folder goes into the disk as it is.
                PackedDisk.WithoutStore.Make(folder["host.img"]);
                OurCommandLine.Run("pack", "--image", folder["host.img"], "--inject", $"6:/var/lib/docker=dir:{root}", "-o", folder["host.tar"]).Succeeded();
                OurCommandLine.Run("unpack", folder["host.tar"], folder["filled.img"]).Succeeded();
                return folder["filled.img"] + "#6";
        }
    }

    /// <summary>What <c>docker image inspect</c> prints, as far as it is read.</summary>
    private static void Inspect(string file, PulledImages pulled, IEnumerable<PushedImage> images) => File.WriteAllText(file, new JsonArray([.. images.Select(image => (JsonNode)new JsonObject
    {
        ["Id"] = PackedEngineTests.IdOf(pulled, image),
        ["RepoTags"] = new JsonArray(image.ByTag),
        ["RepoDigests"] = new JsonArray(image.ByDigest),
    })]).ToJsonString());

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
