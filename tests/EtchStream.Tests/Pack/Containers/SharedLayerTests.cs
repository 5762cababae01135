using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What several images, names or layers have in common is in the archive once, and fetched once.</summary>
public sealed class SharedLayerTests : ContainerPackTest
{
    private static readonly byte[] A = TestImage.LayerTar(1, 400_000);
    private static readonly byte[] B = TestImage.LayerTar(2, 400_000);
    private static readonly byte[] C = TestImage.LayerTar(3);

    [ToolFact("mke2fs")]
    public async Task Layers_of_one_chain_are_there_once()
    {
        Server.Add("acme/one", TestImage.Create(layers: [A, B]), "1");
        Server.Add("acme/two", TestImage.Create(layers: [A, B, C]), "1");
        var (archive, report) = await ReportAsync(Images("HOST/acme/one:1", "HOST/acme/two:1"));
        Assert.Equal(3, report.Manifest.Layers!.Count);
        Assert.Equal(2, report.Manifest.Containers!.Count);
        Assert.All(new[] { A, B, C }, tar => Assert.Equal(1, Fetched(TestImage.Gzip(tar))));

        // B is one image's top and the other's middle: it is a parent, and so committed.
        var members = await MembersAsync(archive);
        Assert.Equal(2, members.Keys.Count(n => n.EndsWith("/committed", StringComparison.Ordinal)));
        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolFact("mke2fs")]
    public async Task One_diff_on_two_chains_is_two_layers_of_one_blob()
    {
        Server.Add("acme/one", TestImage.Create(layers: [A, B]), "1");
        Server.Add("acme/two", TestImage.Create(layers: [C, B]), "1");
        var (archive, report) = await ReportAsync(Images("HOST/acme/one:1", "HOST/acme/two:1"));
        Assert.Equal(4, report.Manifest.Layers!.Count);
        Assert.Equal(2, report.Manifest.Layers.Where(l => l.DiffId == Digest.Sha256(B).ToString()).Select(l => l.CacheId).Distinct().Count());
        Assert.All(new[] { A, B, C }, tar => Assert.Equal(1, Fetched(TestImage.Gzip(tar))));
        Assert.Equal(2, (await MembersAsync(archive)).Keys.Count(n => n.EndsWith("/diff/file-2", StringComparison.Ordinal)));
    }

    [ToolFact("mke2fs")]
    public async Task One_diff_many_times_in_a_row_is_fetched_once_and_never_waits_for_itself()
    {
        // Longer than all buffers on its way, so that a layer that waits for one behind it would wait for ever.
        var large = TestImage.LayerTar(9, 12 << 20);
        Server.Add("acme/app", TestImage.Create(layers: [large, large, large, large]), "1");
        for (var i = 0; i < 3; i++)
        {
            var before = Fetched(TestImage.Gzip(large));
            var (_, report) = await ReportAsync(Images("HOST/acme/app:1")).WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(4, report.Manifest.Layers!.Count);
            Assert.Equal(1, Fetched(TestImage.Gzip(large)) - before);
        }
    }

    [ToolFact("mke2fs")]
    public async Task A_shared_blob_that_fails_fails_the_run()
    {
        Server.Add("acme/app", TestImage.Create(layers: [A, B, A, B]), "1");
        Server.Fail(Digest.Sha256(TestImage.Gzip(A)).ToString(), Fault.FlipBit(1000), times: 100);
        await FailsAsync<DigestMismatchException>(() => Images("HOST/acme/app:1"));
    }

    [ToolFact("mke2fs")]
    public async Task An_image_by_tag_by_another_tag_and_by_digest_is_one_image_with_all_names()
    {
        var image = TestImage.Create(layers: [A, C]);
        foreach (var (repository, tag) in new[] { ("acme/app", "1"), ("acme/app", "latest"), ("other/name", "1") }) Server.Add(repository, image, tag);
        var digest = $"HOST/acme/app@{image.ManifestDigest}";
        var (archive, report) = await ReportAsync(Images("HOST/acme/app:1", digest, "HOST/acme/app", "HOST/other/name:1", "HOST/acme/app:1"));
        var container = Assert.Single(report.Manifest.Containers!);
        Assert.Equal(image.ImageId.ToString(), container.ImageId);
        Assert.Empty(report.Warnings);
        Assert.Equal(1, Fetched(TestImage.Gzip(A)));

        var members = await MembersAsync(archive);
        var repositories = JsonNode.Parse(members["inject/resin-data/docker/image/overlay2/repositories.json"])!["Repositories"]!.AsObject();
        var expected = new[] { "acme/app:1", "acme/app:latest", $"acme/app@{image.ManifestDigest}", "other/name:1", $"other/name@{image.ManifestDigest}" }.Select(n => $"{Server.Host}/{n}");
        Assert.Equal(expected, repositories.SelectMany(r => r.Value!.AsObject()).Select(n => n.Key));
        Assert.All(repositories.SelectMany(r => r.Value!.AsObject()), n => Assert.Equal(image.ImageId.ToString(), n.Value!.GetValue<string>()));
        Assert.Single(members.Keys, n => n.Contains("/imagedb/content/sha256/", StringComparison.Ordinal) && !n.EndsWith('/'));
    }

    [ToolFact("mke2fs")]
    public async Task One_name_of_two_images_is_refused_with_both()
    {
        var (one, two) = (TestImage.Create(layers: [A]), TestImage.Create(layers: [C]));
        TestLayouts.WriteTar(Folder["one.tar"], TestLayouts.DockerSave(newLayout: true, gzip: false, (one, ["acme/app:1"])));
        TestLayouts.WriteTar(Folder["two.tar"], TestLayouts.DockerSave(newLayout: true, gzip: false, (two, ["acme/app:1"])));
        var error = await FailsAsync<CorruptImageException>(() => Images($"docker-archive:{Folder["one.tar"]}", $"docker-archive:{Folder["two.tar"]}"));
        foreach (var part in new[] { "acme/app:1", "one.tar", "two.tar" }) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task An_image_without_a_name_is_packed_with_a_warning()
    {
        TestLayouts.WriteTar(Folder["bare.tar"], TestLayouts.DockerSave(newLayout: true, gzip: false, (TestImage.Create(layers: [A]), [])));
        var (archive, report) = await ReportAsync(Images($"docker-archive:{Folder["bare.tar"]}"));
        Assert.Contains("bare.tar has no name", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal("""{"Repositories":{}}""", Encoding.UTF8.GetString((await MembersAsync(archive))["inject/resin-data/docker/image/overlay2/repositories.json"]));
    }
}
