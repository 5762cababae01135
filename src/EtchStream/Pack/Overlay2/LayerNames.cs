using System.Security.Cryptography;
using System.Text;
using EtchStream.Oci;

namespace EtchStream.Pack.Overlay2;

/// <summary>
/// The two names that an engine draws at random for each layer: any unique value will do, so they are derived from the chain ID here,
/// and the same layer has the same names in every archive.
/// </summary>
/// <param name="CacheId">Name of the layer's folder below <c>overlay2</c>: 64 hexadecimal characters.</param>
/// <param name="Link">Name of the short link to it below <c>overlay2/l</c>: 26 characters of base32.</param>
internal sealed record LayerNames(string CacheId, string Link)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int LinkLength = 26;
    private const int BitsPerCharacter = 5;

    /// <summary>The names of a layer.</summary>
    public static LayerNames Of(ChainId chain) => new(Convert.ToHexStringLower(Hash("cache-id", chain)), Base32(Hash("link", chain)));

    // A word of its own for each, so that neither is the other nor the chain ID itself.
    private static byte[] Hash(string purpose, ChainId chain) => SHA256.HashData(Encoding.ASCII.GetBytes($"etchstream overlay2 {purpose} {chain}"));

    private static string Base32(byte[] hash)
    {
        var text = new char[LinkLength];
        for (var i = 0; i < LinkLength; i++)
        {
            var bit = i * BitsPerCharacter;
            var pair = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            text[i] = Alphabet[(pair >> (16 - BitsPerCharacter - (bit % 8))) & 31];
        }

        return new string(text);
    }
}
