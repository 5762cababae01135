using System.Text;

namespace EtchStream.Oci;

/// <summary>
/// Names a layer together with all layers under it (OCI image spec, config.md, "Layer ChainID"): the base layer's chain ID is
/// its diff ID, every other's is the SHA-256 of its parent's chain ID, one space and its own diff ID, both with their prefix.
/// </summary>
public readonly record struct ChainId
{
    private ChainId(Digest digest) => Digest = digest;

    /// <summary>The digest itself.</summary>
    public Digest Digest { get; }

    /// <summary>The 64 hexadecimal characters; the name of the layer's folder in a layer store.</summary>
    public string Hex => Digest.Hex;

    /// <summary>The chain ID of a layer with nothing under it.</summary>
    public static ChainId OfBase(DiffId diffId) => new(diffId.Digest);

    /// <summary>The chain ID of a layer that lies on this one.</summary>
    public ChainId Append(DiffId diffId) => new(Digest.Sha256(Encoding.ASCII.GetBytes($"{Digest} {diffId}")));

    /// <summary>The chain IDs of a stack of layers, base first, one for each diff ID.</summary>
    public static IReadOnlyList<ChainId> Compute(IReadOnlyList<DiffId> diffIds)
    {
        ArgumentNullException.ThrowIfNull(diffIds);
        var chain = new ChainId[diffIds.Count];
        for (var i = 0; i < chain.Length; i++)
            chain[i] = i == 0 ? OfBase(diffIds[0]) : chain[i - 1].Append(diffIds[i]);
        return chain;
    }

    /// <summary><c>sha256:hex</c>.</summary>
    public override string ToString() => Digest.ToString();
}
