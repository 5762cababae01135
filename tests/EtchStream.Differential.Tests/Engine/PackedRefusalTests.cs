using System.Text.RegularExpressions;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What our program makes of images that it, or the engine, refuses.</summary>
[Collection(EngineCollection.Name)]
public sealed partial class PackedRefusalTests(EngineFixture fixture)
{
    // Our whole archive, or the part of it that an engine refuses because a name comes twice in it, is what GNU tar makes of it.
    private static readonly string[] LaterWins =
    [
        "same file twice", "same file twice with the same content", "same file in two spellings", "same folder twice", "folder replaced by a file",
        "file replaced by a folder", "symlink replaced by a folder", "hard link over a file", "type 37", "type 53", "two global headers of one name",
    ];

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task What_is_not_packed_ends_with_its_exit_code_one_line_and_no_archive()
    {
        var pulled = await fixture.PulledAsync();
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt: false, 32 << 20);
        var output = folder.MakeFolder("out");
        var wrong = new List<string>();
        var refused = pulled.Alone.Images.Where(image => image.PackExitCode != 0).ToArray();
        Assert.InRange(refused.Length, 30, 100);
        foreach (var image in refused)
        {
            var result = await OurProgram.RunAsync("pack", "--image", folder["disk.img"], "--container", image.ByTag, "-o", Path.Combine(output, "a.tar"));
            if (result.ExitCode != image.PackExitCode) wrong.Add($"'{image}': exit code {result.ExitCode}, not {image.PackExitCode}: {result.Error}");
            if (!OneLine().IsMatch(result.Error) || !result.Error.Contains(image.Repository, StringComparison.Ordinal)) wrong.Add($"'{image}': {result.Error}");
        }

        Nothing.Wrong("answers", wrong);
        Assert.Empty(Directory.EnumerateFileSystemEntries(output));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task What_is_packed_though_the_engine_refuses_it_is_what_tar_unpacks()
    {
        var packed = await fixture.PackedAsync();
        using var volume = new EngineVolume(64 << 20);
        var wrong = new List<string>();
        foreach (var name in LaterWins)
        {
            var image = packed.Alone.Images.Single(image => image.Name == name);
            Assert.False(image.IsAccepted);
            var layer = packed.Alone.Store.Layers[image.Source!.ChainIds[0]];
            var root = Directory.CreateDirectory(volume[image.Repository[^8..]]).FullName;
            var tar = Path.Combine(volume.Path, "layer.tar");
            await using (var file = File.Create(tar)) await image.Source.Layers[0].Tar.Open().CopyToAsync(file);
            HostTool.RunOk("tar", ["-x", "-p", "-f", tar, "--numeric-owner", "--same-owner", "--delay-directory-restore", "-C", root, .. name == "folder replaced by a file" ? ["--recursive-unlink"] : Array.Empty<string>()]);
            wrong.AddRange(TreeManifest.Diff(TreeManifest.Read(root), layer.Tree!, new TreeDiffOptions { IgnoreRoot = true }).Select(line => $"'{image}': {line}"));
        }

        Nothing.Wrong("differences from tar", wrong);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task An_attribute_that_the_file_system_cannot_hold_fails_at_the_unpack()
    {
        var pulled = await fixture.PulledAsync();
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt: false, 32 << 20);
        var image = pulled.Alone.Images.Single(image => image.Name == OddImages.BigXattr);
        (await OurProgram.RunAsync("pack", "--image", folder["disk.img"], "--container", image.ByTag, "-o", folder["a.tar"])).Succeeded();
        var result = await OurProgram.RunAsync("unpack", folder["a.tar"], folder["out.img"]);
        Assert.Equal(4, result.ExitCode);
        Assert.Matches(OneLine(), result.Error);
        Assert.False(File.Exists(folder["out.img"]));
    }

    [GeneratedRegex(@"\Aetchstream: [^\n]+\n\z", RegexOptions.None, 10_000)]
    private static partial Regex OneLine();
}
