using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;
using EtchStream.TestKit;

namespace EtchStream.Tests.Inspect;

/// <summary>The part of an engine's store that tells of images and layers, written by hand into a folder.</summary>
internal sealed class HandMadeStore
{
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);

    public HandMadeStore(string root)
    {
        Metadata = Path.Combine(root, "image/overlay2");
        Directory.CreateDirectory(Path.Combine(Metadata, "imagedb/content/sha256"));
        Directory.CreateDirectory(Path.Combine(Metadata, "layerdb/sha256"));
        WriteNames();
    }

    public string Metadata { get; }

    public string Names => Path.Combine(Metadata, "repositories.json");

    public string ConfigOf(string imageId) => Path.Combine(Metadata, "imagedb/content/sha256", imageId["sha256:".Length..]);

    public string LayerOf(string chainId) => Path.Combine(Metadata, "layerdb/sha256", chainId["sha256:".Length..]);

    /// <summary>Adds an image, each of whose layers has the size that its name begins with: <c>1000 base</c>.</summary>
    /// <returns>Its ID.</returns>
    public string Add(string[] names, params string[] layers)
    {
        var diffIds = layers.Select(l => new DiffId(Digest.Sha256(Encoding.UTF8.GetBytes(l)))).ToList();
        foreach (var (chain, (diff, layer)) in ChainId.Compute(diffIds).Zip(diffIds.Zip(layers)))
        {
            var folder = LayerOf(chain.ToString());
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "diff"), diff.ToString());
            File.WriteAllText(Path.Combine(folder, "size"), layer.Split(' ')[0]);
        }

        var config = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"os":"linux","architecture":"arm64","n":{{_names.Count}},"rootfs":{"type":"layers","diff_ids":[{{string.Join(',', diffIds.Select(d => $"\"{d}\""))}}]} }"""));
        var id = Digest.Sha256(config).ToString();
        File.WriteAllBytes(ConfigOf(id), config);
        foreach (var name in names) Name(name, id);
        return id;
    }

    /// <summary>Gives an image a name, whether there is such an image or not.</summary>
    public void Name(string name, string imageId)
    {
        _names[name] = imageId;
        WriteNames();
    }

    /// <summary>The file system of a disk with this, made by mke2fs.</summary>
    /// <param name="image">The disk to make: one file system, no table.</param>
    /// <param name="tree">The folder that goes into it.</param>
    /// <param name="length">Bytes.</param>
    public static void MakeDisk(string image, string tree, long length = 32 << 20) => Ext4Image.Make(image, 0, length, "-t", "ext4", "-L", "resin-data", "-N", $"{Math.Max(8192, length / 4096)}", "-d", tree);

    private void WriteNames()
    {
        var repositories = new JsonObject();
        foreach (var names in _names.GroupBy(n => n.Key.Split(':', '@')[0]))
            repositories[names.Key] = new JsonObject(names.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value)));
        File.WriteAllText(Names, new JsonObject { ["Repositories"] = repositories }.ToJsonString());
    }
}
