using System.Security.Cryptography;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What is packed depends on the images alone: not on where they come from, nor on the machine's cores.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedSourceTests(EngineFixture fixture)
{
    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "skopeo", RequiresRoot = true)]
    public async Task Archives_and_layouts_give_the_layers_that_the_registry_gives()
    {
        var (pulled, packed) = (await fixture.PulledAsync(), await fixture.PackedAsync());
        using var folder = new TemporaryFolder();
        var images = pulled.Together.Images.Where(image => image.IsReplayed && image.Source?.Layers.Length != 0).ToArray();
        Assert.InRange(images.Length, 18, 60);
        await using (var engine = await DockerEngine.StartAsync(pulled.Together.Path)) engine.Docker(["save", "-o", folder["saved.tar"], .. images.Select(image => image.ByTag)]);
        HostTool.RunOk("skopeo", "copy", "--src-tls-verify=false", $"docker://{pulled.Checked.ByTag}", $"oci:{folder["layout"]}:checked");
        HostTool.RunOk("skopeo", "copy", "--src-tls-verify=false", $"docker://{images.Single(image => image.Name == "thirty layers").ByTag}", $"oci-archive:{folder["archive.tar"]}:thirty");
        HostTool.RunOk("skopeo", "copy", "--src-tls-verify=false", $"docker://{pulled.Built.ByTag}", $"docker-archive:{folder["old.tar"]}:built:old");
        string[][] sources =
        [
            [.. images.Select(image => $"docker-archive:{folder["saved.tar"]}:{image.ByTag}")],
            [$"oci:{folder["layout"]}:checked", $"oci-archive:{folder["archive.tar"]}:thirty"],
            [$"docker-archive:{folder["old.tar"]}"],
        ];
        foreach (var source in sources)
        {
            using var other = PackedStore.Make(PackedDisk.WithoutStore, source.SelectMany(location => (string[])["--container", location]));
            var (ours, expected) = (EngineStore.Read(other.DataRoot), packed.Together.Store);
            Assert.NotEmpty(ours.Layers);
            Nothing.Wrong($"layers of {source[0]}", [.. ours.Layers.Values.SelectMany(layer => EngineStoreComparison.Compare(layer, expected.Layers[layer.ChainId]))]);
            Nothing.Wrong("layers not rebuilt", [.. ours.NotReplayed()]);

            // An archive or a layout has no digest of a registry, and no blobs that one has; all else is the same.
            Nothing.Wrong($"what {source[0]} adds", [.. ours.Facts.Where(fact => expected.Facts.GetValueOrDefault(fact.Key) != fact.Value && !IsName(fact.Key)).Select(fact => $"{fact.Key}: {fact.Value}")]);
            Assert.Equal(source.Length, ours.Facts.Keys.Count(name => name.StartsWith("image/overlay2/imagedb/content/sha256/", StringComparison.Ordinal) && name.EndsWith(": content", StringComparison.Ordinal)));
        }
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", "taskset", RequiresRoot = true)]
    public async Task The_same_images_give_the_same_archive_again_also_on_one_core()
    {
        var packed = (await fixture.PackedAsync()).Together;
        using var folder = new TemporaryFolder();
        var arguments = packed.Images.SelectMany(image => (string[])["--container", image.ByTag]).ToArray();
        OurCommandLine.Run(packed.Packed.PackArguments(arguments, folder["again.tar"])).Succeeded();
        HostTool.RunOk("taskset", ["-c", "0", .. OurCommandLine.Of(packed.Packed.PackArguments(arguments, folder["one-core.tar"]))]);
        var expected = Hash(packed.Packed.Archive);
        Assert.Equal(expected, Hash(folder["again.tar"]));
        Assert.Equal(expected, Hash(folder["one-core.tar"]));
    }

    private static bool IsName(string fact) => fact.StartsWith("image/overlay2/repositories.json: has ", StringComparison.Ordinal);

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
