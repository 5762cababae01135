using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>A supervisor that is preloaded: its names in the engine's store, and what makes the device start it.</summary>
public sealed class SupervisorTests : ContainerPackTest
{
    private const string State = "inject/resin-state/root-overlay/etc/balena-supervisor/supervisor.conf";
    private const string Conf = "# of the OS\nSUPERVISOR_IMAGE=registry2.balena-cloud.com/v2/old\nSUPERVISOR_VERSION=v17.0.1\nLED_FILE=/sys/class/leds/led0/brightness\n";
    private static readonly TestImage Image = TestImage.Create(layers: [TestImage.LayerTar(1)]);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        BalenaDisk.Make(Folder["disk.img"], gpt: false, 24 << 20);
        Server.Add("v2/abc", Image, "v18.2.2");
        Server.Add("v2/abc", Image, "latest");
    }

    [ToolFact("mke2fs", "mkfs.vfat", "debugfs")]
    public async Task It_has_the_names_by_which_the_OS_looks_for_it_and_the_device_is_told()
    {
        WriteRoot("etc/balena-supervisor/supervisor.conf", Conf);
        var (archive, report) = await ReportAsync(Supervisor($"HOST/v2/abc@{Image.ManifestDigest}", "18.2.2"));
        var host = Server.Host;
        Assert.Equal(
            [$"{host}/v2/abc@{Image.ManifestDigest}", "balena_supervisor:v18.2.2", $"{host}/v2/abc:latest"],
            Assert.Single(report.Manifest.Containers!).Names);
        var members = await MembersAsync(archive);
        Assert.Equal(
            $"# of the OS\nLED_FILE=/sys/class/leds/led0/brightness\nSUPERVISOR_IMAGE={host}/v2/abc\nSUPERVISOR_VERSION=v18.2.2\n", Encoding.UTF8.GetString(members[State]));
        Assert.Empty(members["inject/resin-state/remove_me_to_reset"]);
        Assert.Equal(["resin-data", "resin-state"], report.Manifest.Partitions.Select(p => p.Selector));

        await UnpackAsync(archive);
        var state = Partition("resin-state").In(Folder["unpacked.img"]);
        Assert.Empty(state.Check());
        Assert.Equal(Encoding.UTF8.GetString(members[State]), state.DebugFs("cat /root-overlay/etc/balena-supervisor/supervisor.conf"));
        Assert.Contains("Type: regular", state.DebugFs("stat /remove_me_to_reset"), StringComparison.Ordinal);
    }

    [ToolFact("mke2fs", "mkfs.vfat", "debugfs")]
    public async Task The_root_file_system_may_lie_in_an_engines_store_and_have_the_older_form()
    {
        var layer = $"balena/overlay2/{new string('a', 64)}/diff/etc/resin-supervisor/supervisor.conf";
        WriteRoot(layer, "SUPERVISOR_IMAGE=balena/aarch64-supervisor\nSUPERVISOR_TAG=v12.11.0\nLED_FILE=/dev/null\n");
        var (archive, report) = await ReportAsync(Supervisor("HOST/v2/abc:v18.2.2", null));
        var host = Server.Host;
        Assert.Equal(
            [$"{host}/v2/abc:v18.2.2", $"{host}/v2/abc@{Image.ManifestDigest}", "balena_supervisor:v18.2.2", $"{host}/v2/abc:latest"],
            Assert.Single(report.Manifest.Containers!).Names);
        var conf = (await MembersAsync(archive))["inject/resin-state/root-overlay/etc/resin-supervisor/supervisor.conf"];
        Assert.Equal($"LED_FILE=/dev/null\nSUPERVISOR_IMAGE={host}/v2/abc\nSUPERVISOR_TAG=v18.2.2\n", Encoding.UTF8.GetString(conf));
    }

    [ToolFact("mke2fs", "mkfs.vfat", "debugfs")]
    public async Task What_a_device_was_told_before_counts_more_than_its_root_file_system()
    {
        WriteRoot("etc/balena-supervisor/supervisor.conf", "LED_FILE=/dev/root\n");
        Write("resin-state", "root-overlay/etc/balena-supervisor/supervisor.conf", "LED_FILE=/dev/state\nSUPERVISOR_VERSION=12.1.0\n");
        var (archive, _) = await ReportAsync(Supervisor("HOST/v2/abc:latest", "12.2.0"));
        Assert.StartsWith("LED_FILE=/dev/state\n", Encoding.UTF8.GetString((await MembersAsync(archive))[State]), StringComparison.Ordinal);
        Assert.EndsWith("SUPERVISOR_VERSION=12.2.0\n", Encoding.UTF8.GetString((await MembersAsync(archive))[State]), StringComparison.Ordinal);
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public async Task Without_a_word_of_the_version_the_run_is_refused()
    {
        var error = await FailsAsync<UnsupportedImageException>(() => Supervisor("HOST/v2/abc:latest", null));
        Assert.Contains("--supervisor-version", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public async Task A_label_tells_the_version_of_an_image_from_a_file()
    {
        var config = JsonNode.Parse(Image.Config)!;
        config["config"]!["Labels"] = new JsonObject { ["org.opencontainers.image.version"] = "19.0.1" };
        var image = Image.WithConfig(Encoding.UTF8.GetBytes(config.ToJsonString()));
        Server.Add("v2/labelled", image, "latest");
        var (_, report) = await ReportAsync(Supervisor("HOST/v2/labelled:latest", null));
        Assert.Contains("balena_supervisor:19.0.1", Assert.Single(report.Manifest.Containers!).Names);
    }

    [ToolFact("mke2fs")]
    public async Task On_a_disk_without_the_state_partition_a_warning_says_what_is_missing()
    {
        ContainerDisk.Write(Folder["disk.img"]);
        var (_, report) = await ReportAsync(Supervisor("HOST/v2/abc:v18.2.2", null));
        Assert.Contains("balena_supervisor:v18.2.2", Assert.Single(report.Manifest.Containers!).Names);
        Assert.Contains("resin-state", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    private ContainerOptions Supervisor(string location, string? version) => new()
    {
        Supervisor = ImageLocation.Parse(location.Replace("HOST", Server.Host)),
        SupervisorVersion = version,
        Registry = Registry(),
    };

    private Ext4Image Partition(string label)
    {
        var spec = DiskImages.Balena(Folder["layout.img"], gpt: false, 24 << 20).Single(s => s.Name == label);
        return new Ext4Image(Folder["disk.img"], spec.Start, spec.Length);
    }

    private void WriteRoot(string path, string content) => Write("resin-rootA", path, content);

    private void Write(string label, string path, string content)
    {
        File.WriteAllText(Folder["content"], content);
        var partition = Partition(label);
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++) partition.DebugFs($"mkdir {string.Join('/', parts[..i])}", write: true);
        partition.DebugFs($"write {Folder["content"]} {path}", write: true);
    }
}
