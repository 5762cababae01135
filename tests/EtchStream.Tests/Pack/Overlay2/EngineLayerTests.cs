using EtchStream.Pack.Overlay2;
using EtchStream.Tests.Pack.Layers;
using Xunit;

namespace EtchStream.Tests.Pack.Overlay2;

public sealed class EngineLayerTests
{
    [Fact]
    public void The_nearest_layer_comes_first_and_as_many_as_an_engine_takes_fit_a_page()
    {
        var source = new LayerSource();
        var layers = new List<EngineLayer>();
        for (var i = 0; i < 125; i++) layers.Add(EngineLayer.On(layers.LastOrDefault(), LayerRuns.ImageLayer([(byte)i], [], layers.LastOrDefault()), source));
        Assert.Null(layers[0].Lower);
        for (var i = 1; i < layers.Count; i++) Assert.Equal(string.Join(':', layers.Take(i).Reverse().Select(l => $"l/{l.Names.Link}")), layers[i].Lower);
        Assert.True(layers[^1].Lower!.Length < 4096 - "lowerdir=,upperdir=,workdir=".Length - (2 * "/diff".Length) - (2 * 64));
        Assert.Equal(124, layers.Count(l => l.IsParent));
        Assert.False(layers[^1].IsParent);
    }
}
