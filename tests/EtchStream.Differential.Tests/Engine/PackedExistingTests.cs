using System.Text.Json.Nodes;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A disk whose engine has images of its own, and a device's apps.json.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedExistingTests(EngineFixture fixture)
{
    private const string Supervisor = "registry2.balena-cloud.com/v2/0a1b2c3d:latest";

    [ToolTheory("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "gzip", RequiresRoot = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Images_that_the_disk_has_stay_and_run_beside_the_packed_ones(bool gzip)
    {
        var pulled = await fixture.PulledAsync();
        using var upload = new RegistryUpload(pulled.Checked.Repository.Split('/')[0]);
        var old = await upload.PushAsync(new EngineImage("an old supervisor", pulled.Checked.Source!.Layers[0], EngineLayer.Gzip(new LayerTar().File("supervisor", "old\n").End())));
        var before = new List<string>();
        using var packed = await PackedStore.MakeAsync(PackedDisk.BalenaMbr, ["--container", pulled.Checked.ByTag, "--container", pulled.Built.ByDigest], async root => before.AddRange(await FillAsync(root, old)), gzip);
        await using (var engine = await DockerEngine.StartAsync(packed.DataRoot))
        {
            string[] expected = [.. before, $"{pulled.Checked.ByTag} {PackedEngineTests.IdOf(pulled, pulled.Checked)}", $"{pulled.Built.Repository}:<none> {PackedEngineTests.IdOf(pulled, pulled.Built)}"];
            Assert.Equal(expected.Order(StringComparer.Ordinal), List(engine).Order(StringComparer.Ordinal));
            Assert.Equal("old\nlinked\n", engine.Docker("run", "--rm", "--network", "none", Supervisor, "/bin/cat", "/supervisor", "/t/links/a"));
            Assert.Equal(CheckImage.Transcript, PackedEngineTests.Utf8(engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, pulled.Checked.ByTag, .. CheckImage.Command])));
            Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByDigest));
            foreach (var reference in (string[])["balena_supervisor", Supervisor, pulled.Checked.ByTag, pulled.Built.ByDigest]) engine.Docker("save", "-o", Path.Combine(packed.Root, "saved.tar"), reference);
        }

        Nothing.Wrong("complaints of e2fsck", [.. packed.Unmount().Check()]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task All_services_of_an_apps_json_are_listed_under_its_own_references()
    {
        var pulled = await fixture.PulledAsync();
        var host = pulled.Checked.Repository.Split('/')[0];
        using var upload = new RegistryUpload(host);
        PushedImage[] images =
        [
            await upload.PushAsync(pulled.Checked.Source!, "v2/00112233445566778899aabbccddeeff"),
            await upload.PushAsync(EngineImages.Layered(), "v2/ffeeddccbbaa99887766554433221100"),
            await upload.PushAsync(new EngineImage("a service of its own", pulled.Checked.Source!.Layers[0]), "v2/0123456789abcdef0123456789abcdef"),
        ];
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["apps.json"], Apps(images));
        using var packed = PackedStore.Make(PackedDisk.BalenaGpt, ["--apps", folder["apps.json"]]);
        var file = TreeManifest.ReadFlat(packed.Root).Find("apps.json")!;
        Assert.Equal((0x1a4, 0u, 0u), (file.Mode, file.UserId, file.GroupId));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Apps(images)), JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(packed.Root, "apps.json")))));
        Assert.Equal(images.Select(image => image.ByDigest).Order(StringComparer.Ordinal), PackedEngineFixture.Repositories(packed.DataRoot).Select(name => name.Key).Order(StringComparer.Ordinal));
        await using var engine = await DockerEngine.StartAsync(packed.DataRoot);
        foreach (var image in images)
            Assert.Equal(Oci.Digest.Sha256(image.Source!.Config).ToString(), engine.Docker("image", "inspect", "--format", "{{.ID}}", image.ByDigest).Trim());
        Assert.Equal("linked\n", engine.Docker("run", "--rm", "--network", "none", images[2].ByDigest, "/bin/cat", "/t/links/a"));
    }

    // As a balenaOS image is made: its engine has run there, and holds the supervisor under two names.
    private static async Task<string[]> FillAsync(string dataRoot, PushedImage old)
    {
        await using var engine = await DockerEngine.StartAsync(dataRoot);
        engine.Docker("pull", "-q", old.ByTag);
        engine.Docker("tag", old.ByTag, "balena_supervisor:latest");
        engine.Docker("tag", old.ByTag, Supervisor);
        engine.Docker("rmi", old.ByTag);
        return [.. List(engine)];
    }

    private static IEnumerable<string> List(DockerEngine engine) => engine.Docker("images", "--all", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // Two apps, one of them with two releases; one image serves twice.
    private static string Apps(PushedImage[] images)
    {
        static string Service(int id, PushedImage image) =>
            $$"""{"id": {{id}}, "image_id": {{id + 10}}, "image": "{{image.ByDigest}}", "environment": {}, "labels": {}, "composition": {"command": ["/bin/cat", "/check"]} }""";
        static string Release(int id, string services) => $$"""{"id": {{id}}, "services": { {{services}} }, "volumes": {}, "networks": {} }""";
        return $$"""
            {"config": {}, "apps": {
              "1a2b3c4d5e6f708192a3b4c5d6e7f801": {"id": 1, "name": "first", "is_host": false, "class": "fleet", "releases": {
                "c0ffee00c0ffee00c0ffee00c0ffee00": {{Release(1, $"\"main\": {Service(1, images[0])}, \"second\": {Service(2, images[1])}")}},
                "c0ffee11c0ffee11c0ffee11c0ffee11": {{Release(2, $"\"main\": {Service(3, images[0])}")}} } },
              "1a2b3c4d5e6f708192a3b4c5d6e7f802": {"id": 2, "name": "second", "is_host": false, "class": "app", "releases": {
                "c0ffee22c0ffee22c0ffee22c0ffee22": {{Release(3, $"\"only\": {Service(4, images[2])}")}} } } } }
            """;
    }
}
