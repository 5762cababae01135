namespace EtchStream.TestKit.Engine;

/// <summary>One layer of an engine's store.</summary>
/// <param name="ChainId">Its chain ID.</param>
/// <param name="DiffId">What its file <c>diff</c> says.</param>
/// <param name="CacheId">The name of its folder below <c>overlay2</c>.</param>
/// <param name="DiffFolder">Full path of its <c>diff</c> folder.</param>
/// <param name="Tree">What is in there.</param>
/// <param name="Split">Its tar-split; null where it has none.</param>
public sealed record EngineStoreLayer(string ChainId, string DiffId, string CacheId, string DiffFolder, TreeManifest? Tree, TarSplit? Split);

/// <summary>
/// All that an engine would find in a data root, with names that are random (cache IDs, links) replaced by the chain IDs of their layers.
/// </summary>
/// <remarks>
/// Left out, because no image needs it or because it differs from pull to pull:
/// all of the data root but <c>image</c> and <c>overlay2</c> (buildkit, containerd, containers, network, plugins, runtimes, swarm, tmp, trust, volumes);
/// <c>lastUpdated</c> and its folder; <c>layerdb/mounts</c>, <c>layerdb/tmp</c> and the folders of containers in <c>overlay2</c>;
/// <c>backingFsBlockDev</c>; all times of modification but those in <c>diff</c>; there, those of objects that the layer's tar does not list
/// (parents made on the way, whiteouts, <c>diff</c> itself); the order of the repositories that a layer
/// came from; the compressed form of tar-split, and how the end of the archive is cut in it.
/// </remarks>
public sealed class EngineStore
{
    internal EngineStore(SortedDictionary<string, string> facts, IReadOnlyDictionary<string, EngineStoreLayer> layers)
    {
        Facts = facts;
        Layers = layers;
    }

    /// <summary>Everything but the trees and tar-splits: what it is about, and what is found.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>Layers by chain ID.</summary>
    public IReadOnlyDictionary<string, EngineStoreLayer> Layers { get; }

    /// <summary>Reads a data root, which no engine may be using.</summary>
    public static EngineStore Read(string dataRoot) => new EngineStoreReader(dataRoot).Read();

    /// <summary>
    /// Layers whose tar does not come out of tar-split and <c>diff</c> as it was, one line each. <paramref name="except"/> are chain IDs of
    /// layers of which the engine itself cannot do it (<see cref="EngineImage.IsReplayed"/>).
    /// </summary>
    public IReadOnlyList<string> NotReplayed(IReadOnlySet<string>? except = null)
    {
        var lines = new List<string>();
        foreach (var layer in Layers.Values.Where(layer => except?.Contains(layer.ChainId) != true))
        {
            try
            {
                if (layer.Split is null) lines.Add($"{layer.ChainId}: no tar-split");
                else if (TarSplitReplay.Replay(layer.Split, layer.DiffFolder).ToString() is var found && found != layer.DiffId)
                    lines.Add($"{layer.ChainId}: the tar comes out as {found}, not {layer.DiffId}");
            }
            catch (IOException error)
            {
                lines.Add($"{layer.ChainId}: {error.Message}");
            }
        }

        return lines;
    }
}
