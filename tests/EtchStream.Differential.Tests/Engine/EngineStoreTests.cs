using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Two stores that an engine made of the same images are equal, however they came about.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineStoreTests(EngineFixture fixture)
{
    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task The_same_images_pulled_twice_give_equal_stores()
    {
        var pulled = await fixture.PulledAsync();
        await using (var engine = await DockerEngine.StartAsync(pulled.Volume["again"]))
        {
            foreach (var image in pulled.Together.Images) engine.Docker("pull", "-q", image.ByTag);
        }

        var (first, second) = (pulled.Together.Store, EngineStore.Read(pulled.Volume["again"]));
        Assert.InRange(first.Layers.Count, 120, 1000);
        Assert.InRange(first.Facts.Count, 2000, 20_000);
        Nothing.Wrong("differences", [.. EngineStoreComparison.Compare(second, first)]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task A_layer_is_the_same_as_the_only_one_of_its_image_and_upon_others()
    {
        var pulled = await fixture.PulledAsync();
        var alone = pulled.Alone.Store.Layers.Values.ToDictionary(layer => layer.DiffId, StringComparer.Ordinal);
        var shared = pulled.Together.Store.Layers.Values.Where(layer => alone.ContainsKey(layer.DiffId)).ToArray();
        Assert.InRange(shared.Length, 90, 200);
        Nothing.Wrong("differences", [.. shared.SelectMany(layer => EngineStoreComparison.Compare(layer, alone[layer.DiffId]))]);
    }

    [ToolFact("dockerd", "docker-registry", "debootstrap", RequiresRoot = true)]
    public async Task A_Debian_pulled_twice_gives_equal_stores()
    {
        var debian = await fixture.DebianAsync();
        await using (var engine = await DockerEngine.StartAsync(debian.Volume["again"])) engine.Docker("pull", "-q", debian.Image.ByDigest);
        var (a, b) = (EngineStore.Read(debian.Root), EngineStore.Read(debian.Volume["again"]));
        Assert.InRange(a.Layers.Values.Single().Tree!.Entries.Count, 3000, 20_000);
        Nothing.Wrong("differences", [.. EngineStoreComparison.Compare(a, b), .. a.NotReplayed()]);
    }
}
