using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Overlay2;

/// <summary>A layer as an engine's store holds it: with all that lies under it, which its chain ID stands for.</summary>
internal sealed class EngineLayer
{
    private EngineLayer(ImageLayer layer, IImageSource source, EngineLayer? parent)
    {
        Layer = layer;
        Source = source;
        Parent = parent;
        Names = LayerNames.Of(layer.ChainId);
    }

    /// <summary>Blob, diff ID and chain ID.</summary>
    public ImageLayer Layer { get; }

    /// <summary>Where its blob is had from.</summary>
    public IImageSource Source { get; }

    /// <summary>The layer under it; null for a base.</summary>
    public EngineLayer? Parent { get; }

    /// <summary>Its names in the store.</summary>
    public LayerNames Names { get; }

    /// <summary>Whether another layer of the archive lies on it.</summary>
    public bool IsParent { get; private set; }

    /// <summary>The links of all layers under it, the nearest first, which the kernel takes for the topmost; null for a base.</summary>
    public string? Lower => Parent is null ? null : Parent.Lower is { } below ? $"l/{Parent.Names.Link}:{below}" : $"l/{Parent.Names.Link}";

    /// <summary>Puts a layer on another.</summary>
    public static EngineLayer On(EngineLayer? parent, ImageLayer layer, IImageSource source)
    {
        if (parent is not null) parent.IsParent = true;
        return new EngineLayer(layer, source, parent);
    }

    /// <summary>The layer as errors name it.</summary>
    public override string ToString() => $"layer {Layer.DiffId} of {Source.Location}";
}
