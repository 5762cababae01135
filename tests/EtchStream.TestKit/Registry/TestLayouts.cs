using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;

namespace EtchStream.TestKit.Registry;

/// <summary>Writes images as OCI layouts and <c>docker save</c> archives.</summary>
public static class TestLayouts
{
    /// <summary>Makes the files of an OCI layout.</summary>
    /// <param name="named">What index.json lists: document, media type and its annotation org.opencontainers.image.ref.name, if any.</param>
    /// <param name="blobs">Everything under blobs; the named documents are added.</param>
    public static Dictionary<string, byte[]> Oci(IEnumerable<(byte[] Content, string MediaType, string? Name)> named, IEnumerable<byte[]> blobs)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["oci-layout"] = Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}""") };
        var entries = new JsonArray();
        foreach (var (content, mediaType, name) in named)
        {
            var entry = TestImage.Descriptor(mediaType, content);
            if (name is not null) entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
            entries.Add((JsonNode)entry);
            files[BlobPath(content)] = content;
        }
        foreach (var blob in blobs) files[BlobPath(blob)] = blob;
        files["index.json"] = Encoding.UTF8.GetBytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = entries }.ToJsonString());
        return files;
    }

    /// <summary>The layout of one image under one name.</summary>
    public static Dictionary<string, byte[]> Oci(TestImage image, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Oci([(image.Manifest, image.ManifestType, name)], image.Blobs);
    }

    /// <summary>The files of a <c>docker save</c> archive, in the layout up to Docker 24 or that from Docker 25 on.</summary>
    /// <param name="gzip">Store layers compressed, as some builders' archives have them.</param>
    public static Dictionary<string, byte[]> DockerSave(bool newLayout, bool gzip, params (TestImage Image, string[] Tags)[] images)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var manifest = new JsonArray();
        foreach (var (image, tags) in images)
        {
            var config = newLayout ? BlobPath(image.Config) : image.ImageId.Hex + ".json";
            files[config] = image.Config;
            var layers = new JsonArray();
            foreach (var tar in image.LayerTars)
            {
                var content = gzip ? TestImage.Gzip(tar) : tar;
                var path = newLayout ? BlobPath(content) : Digest.Sha256(tar).Hex + "/layer.tar";
                files[path] = content;
                layers.Add((JsonNode)path);
            }
            manifest.Add((JsonNode)new JsonObject
            {
                ["Config"] = config,
                ["RepoTags"] = tags.Length == 0 ? null : new JsonArray([.. tags.Select(t => (JsonNode)t)]),
                ["Layers"] = layers
            });
        }
        files["manifest.json"] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        return files;
    }

    /// <summary>Writes files below a directory.</summary>
    public static void WriteDirectory(string directory, IReadOnlyDictionary<string, byte[]> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, content);
        }
    }

    /// <summary>Writes files into a tar; names in <paramref name="links"/> become symbolic links.</summary>
    public static void WriteTar(string file, IReadOnlyDictionary<string, byte[]> files, IReadOnlyDictionary<string, string>? links = null, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(files);
        using var writer = new TarWriter(File.Create(file), TarEntryFormat.Pax);
        foreach (var (path, content) in files)
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, prefix + path) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
        }
        foreach (var (path, target) in links ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, prefix + path) { LinkName = target, ModificationTime = DateTimeOffset.UnixEpoch });
        }
    }

    public static string BlobPath(ReadOnlySpan<byte> content) => "blobs/sha256/" + Digest.Sha256(content).Hex;
}
