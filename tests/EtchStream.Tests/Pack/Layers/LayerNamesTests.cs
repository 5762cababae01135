using EtchStream.Oci;
using EtchStream.Pack.Overlay2;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

public sealed class LayerNamesTests
{
    private static readonly DiffId A = new(Digest.Sha256("a"u8));
    private static readonly DiffId B = new(Digest.Sha256("b"u8));

    [Fact]
    public void The_names_of_a_layer_never_change()
    {
        // What stands in archives that were made before: new names for the same layer would be new layers to a delta.
        var names = LayerNames.Of(ChainId.OfBase(A));
        Assert.Equal("1147f83b70b35d7ec1f25e966c785a4579d40f2a0dd8a72333e23f15c049f8e0", names.CacheId);
        Assert.Equal("P576YIPZXLPLEHEUZ74KKPFYMZ", names.Link);
    }

    [Fact]
    public void The_names_have_the_form_of_an_engines_own()
    {
        foreach (var chain in Chains(1000))
        {
            var names = LayerNames.Of(chain);
            Assert.Matches("^[0-9a-f]{64}$", names.CacheId);
            Assert.Matches("^[A-Z2-7]{26}$", names.Link);
            Assert.NotEqual(chain.Hex, names.CacheId);
        }
    }

    [Fact]
    public void Each_chain_has_names_of_its_own()
    {
        var names = Chains(1000).Select(LayerNames.Of).ToList();
        Assert.Equal(1000, names.Select(n => n.CacheId).Distinct().Count());
        Assert.Equal(1000, names.Select(n => n.Link).Distinct().Count());
        Assert.NotEqual(LayerNames.Of(ChainId.OfBase(A)), LayerNames.Of(ChainId.OfBase(B).Append(A)));
    }

    [Fact]
    public void All_characters_of_the_alphabet_stand_at_all_places()
    {
        var links = Chains(2000).Select(chain => LayerNames.Of(chain).Link).ToList();
        for (var i = 0; i < 26; i++) Assert.Equal(32, links.Select(link => link[i]).Distinct().Count());
    }

    private static IEnumerable<ChainId> Chains(int count)
    {
        var chain = ChainId.OfBase(A);
        for (var i = 0; i < count; i++)
        {
            yield return chain;
            chain = chain.Append(B);
        }
    }
}
