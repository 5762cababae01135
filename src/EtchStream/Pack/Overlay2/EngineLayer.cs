using EtchStream.Engine;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Overlay2;

/// <summary>A layer as an engine's store holds it: with all that lies under it, which its chain ID stands for.</summary>
internal sealed class EngineLayer
{
    private EngineLayer(ImageLayer layer, IImageSource source, EngineLayer? parent, StoredLayer? stored)
    {
        Layer = layer;
        Source = source;
        Parent = parent;
        Stored = stored;
        Names = stored is null ? LayerNames.Of(layer.ChainId) : new LayerNames(stored.CacheId, stored.Link);
    }

    /// <summary>Blob, diff ID and chain ID.</summary>
    public ImageLayer Layer { get; }

    /// <summary>Where its blob is had from.</summary>
    public IImageSource Source { get; }

    /// <summary>The layer under it; null for a base.</summary>
    public EngineLayer? Parent { get; }

    /// <summary>What the store of the disk image has of it already; null where it has to be packed.</summary>
    public StoredLayer? Stored { get; }

    /// <summary>Its names in the store.</summary>
    public LayerNames Names { get; }

    /// <summary>Whether a layer that is packed lies on it.</summary>
    public bool IsParent { get; private set; }

    /// <summary>The links of all layers under it, the nearest first, which the kernel takes for the topmost; null for a base.</summary>
    public string? Lower => Stored is not null ? Stored.Lower : Parent is null ? null : Parent.Lower is { } below ? $"l/{Parent.Names.Link}:{below}" : $"l/{Parent.Names.Link}";

    /// <summary>Puts a layer on another.</summary>
    /// <param name="parent">What it lies on; null for a base.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="source">Where its blob is had from.</param>
    /// <param name="stored">What the store has of it; null where it has to be packed.</param>
    public static EngineLayer On(EngineLayer? parent, ImageLayer layer, IImageSource source, StoredLayer? stored = null)
    {
        if (parent is not null && stored is null) parent.IsParent = true;
        return new EngineLayer(layer, source, parent, stored);
    }

    /// <summary>The layer as errors name it.</summary>
    public override string ToString() => $"layer {Layer.DiffId} of {Source.Location}";
}
