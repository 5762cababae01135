using System.Text;
using EtchStream.Balena;
using EtchStream.Oci;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.Tests.Balena;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>An apps.json: all its images are in the archive, and it itself in the data partition's root.</summary>
public sealed class AppsPackTests : ContainerPackTest
{
    private readonly TestImage[] _images = [.. Enumerable.Range(1, 4).Select(i => TestImage.Create(layers: [TestImage.LayerTar(1), TestImage.LayerTar(10 + i)]))];

    private string Apps => Folder["apps.json"];

    [ToolTheory("mke2fs")]
    [InlineData(null)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_image_of_every_app_and_release_is_fetched_and_the_file_written(bool? pinDevice)
    {
        WriteApps();
        var (archive, report) = await ReportAsync(Options(pinDevice));
        Assert.Equal(_images.Select(i => i.ImageId.ToString()).Order(), report.Manifest.Containers!.Select(c => c.ImageId).Order());
        Assert.Equal(["main", "side", "main", "main", "again"], report.Manifest.Apps!.Select(s => s.Service));
        Assert.All(_images, i => Assert.Equal(1, Fetched(i.LayerBlobs[1])));
        Assert.Equal(1, Fetched(_images[0].LayerBlobs[0]));

        var members = await MembersAsync(archive);
        var written = AppsDocument.Parse(File.ReadAllBytes(Apps), Apps).ToBytes(pinDevice);
        Assert.Equal(written, members["inject/resin-data/apps.json"]);
        Assert.Equal(pinDevice is not null, Encoding.UTF8.GetString(written).Contains($"\"pinDevice\": {(pinDevice == true ? "true" : "false")}", StringComparison.Ordinal));
        var repositories = Encoding.UTF8.GetString(members["inject/resin-data/docker/image/overlay2/repositories.json"]);
        foreach (var image in _images) Assert.Contains(image.ManifestDigest.ToString(), repositories, StringComparison.Ordinal);

        await UnpackAsync(archive);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
        var partition = ContainerDisk.Partition(Folder["unpacked.img"]);
        Assert.Equal(Encoding.UTF8.GetString(written), partition.DebugFs("cat /apps.json"));
    }

    [ToolFact("mke2fs")]
    public async Task Warnings_about_the_file_are_told()
    {
        WriteApps();
        var (_, report) = await ReportAsync(Options());
        Assert.Contains(report.Warnings, w => w.Contains("apps.json", StringComparison.Ordinal) && w.Contains("2 releases", StringComparison.Ordinal));
    }

    [ToolFact("mke2fs")]
    public async Task An_image_that_is_not_there_is_named()
    {
        WriteApps();
        Server.Fail($"/manifests/{_images[3].ManifestDigest}", Fault.Answer(404), times: 10);
        var error = await FailsAsync<Oci.Registry.RegistryException>(() => Options());
        Assert.Contains($"acme/app4@{_images[3].ManifestDigest}", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task A_broken_file_is_refused_before_anything_is_asked_for()
    {
        WriteApps();
        File.WriteAllText(Apps, File.ReadAllText(Apps).Replace("\"id\": 42", "\"id\": \"x\""));
        var error = await FailsAsync<InvalidAppsException>(() => Options());
        Assert.Contains($"$.apps.{AppsSamples.Uuid}.releases.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [ToolFact("mke2fs")]
    public async Task A_file_that_cannot_pin_a_device_is_refused()
    {
        WriteApps();
        File.WriteAllText(Apps, File.ReadAllText(Apps).Replace("\"class\": \"fleet\"", "\"class\": \"app\""));
        Assert.Contains("fleet", (await FailsAsync<InvalidAppsException>(() => Options(pinDevice: true))).Message, StringComparison.Ordinal);
    }

    private ContainerOptions Options(bool? pinDevice = null) => new() { AppsPath = Apps, PinDevice = pinDevice, Registry = Registry() };

    /// <summary>Two apps, one with two releases, five services, four images.</summary>
    private void WriteApps()
    {
        for (var i = 0; i < _images.Length; i++) Server.Add($"acme/app{i + 1}", _images[i]);
        string Service(int id, int image) => AppsSamples.Service.Replace($"registry2.balena-cloud.com/v2/abc@{AppsSamples.Digest}", $"{Server.Host}/acme/app{image}@{_images[image - 1].ManifestDigest}").Replace("\"id\": 5", $"\"id\": {id}");
        string Release(int id, string services) => $$"""{"id": {{id}}, "services": { {{services}} }, "volumes": {}, "networks": {} }""";
        File.WriteAllText(Apps, $$"""
            {"apps": {
              "{{AppsSamples.Uuid}}": {"id": 1, "name": "one", "is_host": false, "class": "fleet", "releases": {
                 "a1{{AppsSamples.Commit[2..]}}": {{Release(42, $"\"main\": {Service(1, 1)}, \"side\": {Service(2, 2)}")}},
                 "b2{{AppsSamples.Commit[2..]}}": {{Release(43, $"\"main\": {Service(3, 3)}")}} } },
              "ff{{AppsSamples.Uuid[2..]}}": {"id": 2, "name": "two", "is_host": false, "class": "app", "releases": {
                 "c3{{AppsSamples.Commit[2..]}}": {{Release(44, $"\"main\": {Service(4, 4)}, \"again\": {Service(5, 1)}")}} } } },
             "config": {} }
            """);
    }
}
