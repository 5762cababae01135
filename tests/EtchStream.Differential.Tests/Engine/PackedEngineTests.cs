using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A real engine takes what our program packed as its own.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedEngineTests(EngineFixture fixture, PackedEngineFixture packedFixture) : IClassFixture<PackedEngineFixture>
{
    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Every_image_is_listed_with_the_names_digests_and_IDs_that_a_pull_gives()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        var expected = new List<string>();
        foreach (var image in pulled.Together.Images)
            expected.Add($"{image.Repository} {PushedImage.Tag} {image.ManifestDigest} {IdOf(pulled, image)}");
        Assert.InRange(expected.Count, 20, 60);
        var listed = engine.Docker("images", "--all", "--no-trunc", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Where(line => line.StartsWith(pulled.Together.Images[0].Repository.Split('/')[0] + "/t/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Containers_see_the_files_of_their_layers_and_nothing_else()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        var (check, built) = (pulled.Checked, pulled.Built);
        Assert.Equal(CheckImage.Transcript, Utf8(engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, check.ByTag, .. CheckImage.Command])));
        Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", built.ByTag));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Every_image_is_saved_with_the_layers_that_its_config_names_and_loads_elsewhere_as_the_same()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        using var folder = new TemporaryFolder();
        var images = pulled.Together.Images.Where(image => image.IsReplayed && image.Source?.Layers.Length != 0).ToArray();
        engine.Docker(["save", "-o", folder["images.tar"], .. images.Select(image => image.ByTag)]);
        var saved = SavedImage.Read(folder["images.tar"]);
        Nothing.Wrong("layers of saved images", [.. saved.Where(image => !image.Layers.SequenceEqual(image.DiffIds, StringComparer.Ordinal)).Select(image => image.Tags[0])]);
        var ids = images.Select(image => $"{image.ByTag} {IdOf(pulled, image)}").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(ids, saved.SelectMany(image => image.Tags.Select(tag => $"{tag} {image.ImageId}")).Order(StringComparer.Ordinal));

        await using var fresh = await DockerEngine.StartAsync(pulled.Volume["loaded"]);
        fresh.Docker("load", "-i", folder["images.tar"]);
        Assert.Equal(ids, Lines(fresh.Docker("images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}")).Order(StringComparer.Ordinal));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task A_pull_of_an_image_with_one_more_layer_downloads_that_layer_alone()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        await using var registry = await LoopbackRegistry.StartAsync();
        var more = EngineLayer.Gzip(new LayerTar().File("t/more", "more\n").End());
        var image = new EngineImage("one layer more", [.. pulled.Checked.Source!.Layers, more]);
        foreach (var layer in image.Layers) registry.AddBlob(await BytesAsync(layer.Blob));
        registry.AddBlob(image.Config);
        registry.AddManifest("more/check", image.Manifest, image.ManifestType, "t");
        var reference = $"{registry.Host}/more/check:t";
        var output = Lines(engine.Docker("pull", reference));
        Assert.Equal((3, 1), (output.Count(line => line.EndsWith(": Already exists", StringComparison.Ordinal)), output.Count(line => line.EndsWith(": Pull complete", StringComparison.Ordinal))));
        string[] fetched = [Oci.Digest.Sha256(image.Config).ToString(), more.Blob.Digest.ToString()];
        Assert.Equal(fetched.Order(StringComparer.Ordinal), registry.Requests.Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)).Select(request => request.Path.Split('/')[^1]).Order(StringComparer.Ordinal));
        Assert.Equal("more\nlinked\n", engine.Docker("run", "--rm", "--network", "none", reference, "/bin/cat", "/t/more", "/t/links/a"));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task A_push_leaves_out_what_the_registry_has_and_gives_another_one_the_same_image()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        await using var registry = await DebianRegistry.StartAsync();
        string here = $"{pulled.Checked.Repository.Split('/')[0]}/again:t", there = $"{registry.Host}/pushed:t";
        engine.Docker("tag", pulled.Checked.ByTag, here);
        engine.Docker("tag", pulled.Checked.ByTag, there);
        Assert.Equal(3, Lines(engine.Docker("push", here)).Count(line => line.EndsWith($": Mounted from {pulled.Checked.Repository.Split('/', 2)[1]}", StringComparison.Ordinal)));
        Assert.Equal(3, Lines(engine.Docker("push", there)).Count(line => line.EndsWith(": Pushed", StringComparison.Ordinal)));
        await using var fresh = await DockerEngine.StartAsync(pulled.Volume["pushed"]);
        foreach (var reference in (string[])[here, there])
        {
            fresh.Docker("pull", "-q", reference);
            Assert.Equal(IdOf(pulled, pulled.Checked), fresh.Docker("image", "inspect", "--format", "{{.ID}}", reference).Trim());
        }
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task A_build_starts_from_a_packed_image()
    {
        var (pulled, engine) = (await fixture.PulledAsync(), await packedFixture.EngineAsync());
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["Dockerfile"], $"FROM {pulled.Built.ByTag}\nUSER 0\nRUN rm /app/one && echo built > /app/four\n");
        engine.Docker("build", "--network", "none", "-t", "built-upon", folder.FullPath);
        Assert.Equal("built\nnew\n", engine.Docker("run", "--rm", "--network", "none", "built-upon", "/bin/sh", "-c", "[ -e /app/one ] || cat /app/four /app/dir/new"));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Also_images_that_a_pulling_engine_cannot_save_are_saved_but_those_that_pack_warned_of()
    {
        var packed = (await fixture.PackedAsync()).Alone;
        var broken = packed.NotReplayed.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);
        var (replayed, others) = (packed.Images.Where(image => !broken.Contains(image.Source!.ChainIds[0])).ToArray(), packed.Images.Where(image => broken.Contains(image.Source!.ChainIds[0])).ToArray());
        Assert.InRange(replayed.Count(image => !image.IsReplayed), 8, 20);
        using var folder = new TemporaryFolder();
        await using var engine = await DockerEngine.StartAsync(packed.Packed.DataRoot);
        engine.Docker(["save", "-o", folder["images.tar"], .. replayed.Select(image => image.ByTag)]);
        var saved = SavedImage.Read(folder["images.tar"]);
        Assert.Equal(replayed.Length, saved.Count);
        Nothing.Wrong("layers of saved images", [.. saved.Where(image => !image.Layers.SequenceEqual(image.DiffIds, StringComparer.Ordinal)).Select(image => image.Tags[0])]);
        Nothing.Wrong("images saved all the same", [.. others.Where(image => engine.Run("save", "-o", folder["other.tar"], image.ByTag).ExitCode == 0).Select(image => image.Name)]);
    }

    internal static string IdOf(PulledImages pulled, PushedImage image) => PackedEngineFixture.Repositories(pulled.Together.Path).Single(name => name.Key == image.ByTag).Value;

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static string Utf8(string latin1) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(latin1));

    private static async Task<byte[]> BytesAsync(LayerContent content)
    {
        using var bytes = new MemoryStream();
        await using var stream = content.Open();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
