using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Images have to run on the board that the disk image is for, which its boot partition tells.</summary>
public sealed class BoardTests : ContainerPackTest
{
    private static readonly TestImage Arm64 = TestImage.Create("linux/arm64", [TestImage.LayerTar(1)]);
    private static readonly TestImage Arm7 = TestImage.Create("linux/arm/v7", [TestImage.LayerTar(2)]);
    private static readonly TestImage Arm6 = TestImage.Create("linux/arm/v6", [TestImage.LayerTar(3)]);
    private static readonly TestImage Amd64 = TestImage.Create("linux/amd64", [TestImage.LayerTar(4)]);
    private static readonly TestImage I386 = TestImage.Create("linux/386", [TestImage.LayerTar(5)]);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        BalenaDisk.Make(Folder["disk.img"], gpt: false, 24 << 20);
        Server.Add("acme/arm64", Arm64, "1");
        Server.Add("acme/arm7", Arm7, "1");
        Server.Add("acme/amd64", Amd64, "1");
        AddIndex("acme/all", Amd64, I386, Arm6, Arm7, Arm64);
        AddIndex("acme/arm32", Amd64, Arm6, Arm7);
    }

    [ToolTheory("mke2fs", "mkfs.vfat", "mcopy")]
    [InlineData("aarch64", "acme/all", "linux/arm64")]
    [InlineData("armv7hf", "acme/all", "linux/arm/v7")]
    [InlineData("rpi", "acme/all", "linux/arm/v6")]
    [InlineData("amd64", "acme/all", "linux/amd64")]
    [InlineData("i386", "acme/all", "linux/386")]
    [InlineData("i386-nlp", "acme/all", "linux/386")]
    [InlineData("aarch64", "acme/arm32", "linux/arm/v7")]
    [InlineData("aarch64", "acme/arm7", "linux/arm/v7")]
    public async Task The_board_decides_which_image_of_several_is_taken(string architecture, string repository, string expected)
    {
        WriteDeviceType(architecture);
        var image = new[] { Arm64, Arm7, Arm6, Amd64, I386 }.Single(i => i.Platform == Platform.Parse(expected));
        var (_, report) = await ReportAsync(Images($"HOST/{repository}:1"));
        Assert.Equal(image.ImageId.ToString(), Assert.Single(report.Manifest.Containers!).ImageId);
    }

    [ToolTheory("mke2fs", "mkfs.vfat", "mcopy")]
    [InlineData("aarch64", "acme/amd64", "linux/amd64")]
    [InlineData("armv7hf", "acme/arm64", "linux/arm64")]
    [InlineData("amd64", "acme/arm64", "linux/arm64")]
    [InlineData("rpi", "acme/arm7", "linux/arm/v7")]
    [InlineData("i386", "acme/amd64", "linux/amd64")]
    public async Task An_image_for_another_board_is_refused_unless_the_check_is_off(string architecture, string repository, string offered)
    {
        WriteDeviceType(architecture);
        var error = await FailsAsync<UnsupportedImageException>(() => Images($"HOST/{repository}:1"));
        Assert.Contains($"does not run on some-board ({architecture})", error.Message, StringComparison.Ordinal);
        Assert.Contains(offered, error.Message, StringComparison.Ordinal);
        Assert.Contains("--no-arch-check", error.Message, StringComparison.Ordinal);

        var images = Images($"HOST/{repository}:1");
        var (_, report) = await ReportAsync(new ContainerOptions { Images = images.Images, Registry = images.Registry, CheckArchitecture = false });
        Assert.Single(report.Manifest.Containers!);
    }

    [ToolFact("mke2fs", "mkfs.vfat", "mcopy")]
    public async Task What_the_user_says_counts_but_has_to_run_there_too()
    {
        WriteDeviceType("aarch64");
        var images = Images("HOST/acme/all:1");
        ContainerOptions With(string platform, bool isChecked = true) =>
            new() { Images = images.Images, Registry = images.Registry, Platform = Platform.Parse(platform), CheckArchitecture = isChecked };

        var (_, report) = await ReportAsync(With("linux/arm/v7"));
        Assert.Equal(Arm7.ImageId.ToString(), Assert.Single(report.Manifest.Containers!).ImageId);
        var error = await FailsAsync<UnsupportedImageException>(() => With("linux/amd64"));
        Assert.Contains("--platform linux/amd64 does not run on some-board (aarch64)", error.Message, StringComparison.Ordinal);
        (_, report) = await ReportAsync(With("linux/amd64", isChecked: false));
        Assert.Equal(Amd64.ImageId.ToString(), Assert.Single(report.Manifest.Containers!).ImageId);
    }

    [ToolTheory("mke2fs", "mkfs.vfat", "mcopy")]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"slug":"new","arch":"riscv64"}""")]
    [InlineData("""{"slug":"new","arch":7}""")]
    public async Task Where_the_board_is_not_known_nothing_is_checked_and_several_images_need_a_choice(string? deviceType)
    {
        if (deviceType is not null) BalenaDisk.WriteBoot(Folder["disk.img"], "device-type.json", deviceType);
        Assert.Single((await ReportAsync(Images("HOST/acme/amd64:1"))).Report.Manifest.Containers!);
        var error = await FailsAsync<UnsupportedImageException>(() => Images("HOST/acme/all:1"));
        Assert.Contains("--platform", error.Message, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs", "mkfs.vfat", "mcopy")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"arch\":")]
    public async Task A_device_type_that_is_no_JSON_is_named(string content)
    {
        BalenaDisk.WriteBoot(Folder["disk.img"], "device-type.json", content);
        var error = await FailsAsync<CorruptFormatException>(() => Images("HOST/acme/arm64:1"));
        Assert.Contains("device-type.json", error.Message, StringComparison.Ordinal);
    }

    private void AddIndex(string repository, params TestImage[] images)
    {
        foreach (var image in images) Server.Add(repository, image);
        Server.AddManifest(repository, TestImage.Index(images), MediaTypes.OciIndex, "1");
    }

    private void WriteDeviceType(string architecture) =>
        BalenaDisk.WriteBoot(Folder["disk.img"], "device-type.json", $$"""{"slug":"some-board","arch":"{{architecture}}","yocto":{"machine":"some"} }""");
}
