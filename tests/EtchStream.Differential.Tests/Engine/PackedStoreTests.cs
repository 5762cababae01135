using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Our packer makes of images what the engine makes of them.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedStoreTests(EngineFixture fixture)
{
    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Images_packed_in_one_run_are_the_store_that_the_engine_makes_of_them()
    {
        var (pulled, packed) = (await fixture.PulledAsync(), await fixture.PackedAsync());
        var theirs = EngineStore.Read(pulled.Together.Path);
        Assert.InRange(theirs.Layers.Count, 150, 1000);
        var meant = OddImages.All.Where(image => MeantDifferences.ByImage.ContainsKey(image.Name)).Select(image => image.Layers[0].Tar.Digest.ToString()).ToHashSet(StringComparer.Ordinal);
        var chains = theirs.Layers.Values.Where(layer => meant.Contains(layer.DiffId)).Select(layer => layer.ChainId).ToArray();
        Nothing.Wrong("differences", [.. EngineStoreComparison.Compare(packed.Together.Store, theirs).Where(line => !Array.Exists(chains, chain => line.StartsWith(chain, StringComparison.Ordinal)))]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Each_hand_made_layer_is_the_engines_own_but_for_what_is_meant_to_differ()
    {
        var (pulled, packed) = (await fixture.PulledAsync(), await fixture.PackedAsync());
        var theirs = EngineStore.Read(pulled.Alone.Path);
        var wrong = new List<string>();
        var compared = packed.Alone.Images.Where(image => image.IsAccepted).ToArray();
        Assert.InRange(compared.Length, 90, 200);
        foreach (var image in compared)
        {
            var chain = image.Source!.ChainIds[0];
            var lines = EngineStoreComparison.Compare(packed.Alone.Store.Layers[chain], theirs.Layers[chain]).ToArray();
            var meant = MeantDifferences.ByImage.GetValueOrDefault(image.Name)?.Lines ?? [];
            wrong.AddRange(lines.Where(line => !Array.Exists(meant, part => line.StartsWith(part, StringComparison.Ordinal))).Select(line => $"'{image}': {line}"));
            wrong.AddRange(meant.Where(part => !Array.Exists(lines, line => line.StartsWith(part, StringComparison.Ordinal))).Select(part => $"'{image}': no longer '{part}…'"));
        }

        wrong.AddRange(MeantDifferences.ByImage.Keys.Except(compared.Select(image => image.Name), StringComparer.Ordinal).Select(name => $"'{name}' is no image"));
        Nothing.Wrong("differences", wrong);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Every_tar_comes_out_of_its_layer_again_but_those_that_pack_warned_of()
    {
        var packed = await fixture.PackedAsync();
        foreach (var root in (PackedRoot[])[packed.Alone, packed.Together])
        {
            var warned = PackedImages.DiffIdsWarnedOf(root.Packed.Told);
            var broken = root.NotReplayed.Select(line => root.Store.Layers[line[..71]].DiffId).ToHashSet(StringComparer.Ordinal);
            Assert.NotEmpty(broken);
            Nothing.Wrong("layers not rebuilt without a warning", [.. root.NotReplayed.Where(line => !warned.Contains(root.Store.Layers[line[..71]].DiffId))]);
            Nothing.Wrong("warnings for nothing", [.. warned.Except(broken, StringComparer.Ordinal)]);
        }
    }
}
