using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack;
using EtchStream.Pack.Containers;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What is looked up of the images before anything is packed.</summary>
public sealed class ContainerPlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RegistryClient _registries = new();

    public void Dispose()
    {
        _registries.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task As_many_names_as_an_archive_can_list_are_taken()
    {
        // With a search through all names for each this would take minutes.
        const int Count = 100_000;
        var path = _folder["a.tar"];
        TestLayouts.WriteTar(path, TestLayouts.DockerSave(newLayout: false, gzip: false, (TestImage.Create(), [.. Enumerable.Range(0, Count).Select(i => $"a:{i % (Count - 1)}")])));
        using var opener = new ImageOpener(new ContainerOptions(), _registries);
        await using var plan = await ContainerPlan.ResolveAsync([ImageLocation.Parse($"docker-archive:{path}")], PlatformChoice.Of(wanted: null, device: null, isChecked: true, "disk.img"), opener, find: _ => null, new PackCounters(progress: null), CancellationToken.None);
        Assert.Equal(Count - 1, plan.Images[0].Names.Count);
    }
}
