using System.Text;
using EtchStream.Archive;
using EtchStream.Sources;

namespace EtchStream.Pack.Overlay2;

/// <summary>Where an engine with the storage driver overlay2 keeps its things: a partition, the data root in it, and the paths below that.</summary>
/// <param name="partition">The partition's number or label.</param>
/// <param name="root">The data root, counted from the partition's root; cleaned.</param>
internal sealed class EngineStore(string partition, byte[] root)
{
    private static readonly (string Path, int Mode)[] s_folders =
    [
        // As moby makes them. All of them root's.
        ("overlay2", 0x1C8), // 0710
        ("overlay2/l", 0x1C0), // 0700
        ("image", 0x1C0),
        ("image/overlay2", 0x1C0),
        ("image/overlay2/distribution", 0x1C0),
        ("image/overlay2/distribution/diffid-by-digest", 0x1ED), // 0755
        ("image/overlay2/distribution/diffid-by-digest/sha256", 0x1ED),
        ("image/overlay2/distribution/v2metadata-by-diffid", 0x1ED),
        ("image/overlay2/distribution/v2metadata-by-diffid/sha256", 0x1ED),
        ("image/overlay2/imagedb", 0x1C0),
        ("image/overlay2/imagedb/content", 0x1C0),
        ("image/overlay2/imagedb/content/sha256", 0x1C0),
        ("image/overlay2/imagedb/metadata", 0x1C0),
        ("image/overlay2/imagedb/metadata/sha256", 0x1C0),
        ("image/overlay2/layerdb", 0x1C0),
        ("image/overlay2/layerdb/sha256", 0x1ED),
    ];

    /// <summary>The partition's selector.</summary>
    public string Partition => partition;

    /// <summary>The data root; empty for the partition's root.</summary>
    public byte[] Root => root;

    /// <summary>The folders that all layers and images share, outermost first, with the modes they get where they are not there yet.</summary>
    public IEnumerable<(InjectTarget Place, int Mode)> SharedFolders
    {
        get
        {
            if (root.Length > 0) yield return (At(""), 0x1C8);
            foreach (var (path, mode) in s_folders) yield return (At(path), mode);
        }
    }

    /// <summary>A path below the data root.</summary>
    public InjectTarget At(string path)
    {
        var below = Encoding.UTF8.GetBytes(path);
        return new InjectTarget(partition, root.Length == 0 ? below : [.. root, (byte)'/', .. below]);
    }

    /// <summary>A path below a layer's folder of <c>overlay2</c>.</summary>
    public InjectTarget AtLayer(EngineLayer layer, string path) => At($"overlay2/{layer.Names.CacheId}/{path}");

    /// <summary>A path below a layer's folder of <c>layerdb</c>.</summary>
    public InjectTarget AtLayerDatabase(EngineLayer layer, string path) => At($"image/overlay2/layerdb/sha256/{layer.Layer.ChainId.Hex}/{path}");

    /// <summary>What the manifest says of it.</summary>
    public string ShownRoot => "/" + ArchiveNames.Display(root);
}
