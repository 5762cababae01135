using EtchStream.Archive;
using EtchStream.Pack.Overlay2;

namespace EtchStream.Pack.Containers;

/// <summary>What the archive's manifest says of the images.</summary>
internal static class ContainerManifest
{
    /// <summary>The engine's store.</summary>
    public static ManifestEngine Engine(EngineStore store) => new()
    {
        Partition = store.Partition,
        Root = System.Text.Encoding.UTF8.GetString(store.Root),
        Driver = ManifestEngine.Overlay2,
        SharedFolders = [.. store.SharedFolders.Select(f => System.Text.Encoding.UTF8.GetString(f.Place.Destination))],
    };

    /// <summary>The images.</summary>
    public static IReadOnlyList<ManifestContainer> Containers(ContainerPlan plan) =>
    [
        .. plan.Images.Select(image => new ManifestContainer
        {
            ImageId = image.Config.ImageId.ToString(),
            Names = [.. image.Names.Select(n => n.Name)],
            Layers = [.. image.Chain.Select(c => c.ToString())],
        }),
    ];

    /// <summary>The layers.</summary>
    public static IReadOnlyList<ManifestLayer> Layers(ContainerPlan plan) =>
    [
        .. plan.Layers.Select(layer => new ManifestLayer
        {
            ChainId = layer.Layer.ChainId.ToString(),
            DiffId = layer.Layer.DiffId.ToString(),
            Parent = layer.Parent?.Layer.ChainId.ToString(),
            CacheId = layer.Names.CacheId,
            Link = layer.Names.Link,
            IsReused = layer.Stored is null ? null : true,
        }),
    ];
}
