using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;

namespace EtchStream.TestKit.Registry;

/// <summary>A small image made in memory: layers, config and manifest, with everything a test may want to know of them.</summary>
public sealed record TestImage(byte[] Config, byte[] Manifest, string ManifestType, IReadOnlyList<byte[]> LayerBlobs, IReadOnlyList<byte[]> LayerTars, Platform Platform)
{
    public Digest ImageId => Digest.Sha256(Config);

    public Digest ManifestDigest => Digest.Sha256(Manifest);

    public IEnumerable<byte[]> Blobs => LayerBlobs.Prepend(Config);

    /// <summary>Makes an image of some layer tars.</summary>
    public static TestImage Create(string platform = "linux/arm64", IReadOnlyList<byte[]>? layers = null, bool oci = true, bool gzip = true, string created = "2024-01-02T03:04:05Z")
    {
        var tars = layers ?? [LayerTar(1), LayerTar(2)];
        var image = Of([.. tars.Select(tar => (gzip ? Gzip(tar) : tar, Digest.Sha256(tar)))], LayerType(oci, gzip), platform, oci, created);
        return image with { LayerTars = tars };
    }

    /// <summary>Makes an image of blobs as they are, which need not hold what their diff IDs promise. <see cref="LayerTars"/> stays empty.</summary>
    public static TestImage Of(
        IReadOnlyList<(byte[] Blob, Digest DiffId)> layers, string layerType = MediaTypes.OciLayerGzip, string platform = "linux/arm64", bool oci = true, string created = "2024-01-02T03:04:05Z")
    {
        var target = Platform.Parse(platform);
        var configJson = new JsonObject
        {
            ["architecture"] = target.Architecture,
            ["os"] = target.Os,
            ["created"] = created,
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/true") },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. layers.Select(layer => (JsonNode)layer.DiffId.ToString())])
            }
        };
        if (target.Architecture is "arm") configJson["variant"] = target.Variant;
        // Spaces that no serialiser would write again: a config that is not kept byte for byte shows.
        var config = Encoding.UTF8.GetBytes(configJson.ToJsonString().Replace("\"os\":", "\"os\" :  ", StringComparison.Ordinal));
        var type = oci ? MediaTypes.OciManifest : MediaTypes.DockerManifest;
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = type,
            ["config"] = Descriptor(oci ? MediaTypes.OciConfig : MediaTypes.DockerConfig, config),
            ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)Descriptor(layerType, layer.Blob))])
        };
        return new TestImage(config, Encoding.UTF8.GetBytes(manifest.ToJsonString()), type, [.. layers.Select(layer => layer.Blob)], [], target);
    }

    /// <summary>The same image with another config, and so another ID.</summary>
    public TestImage WithConfig(byte[] config)
    {
        var manifest = JsonNode.Parse(Manifest)!.AsObject();
        manifest["config"] = Descriptor((string)manifest["config"]!["mediaType"]!, config);
        return this with { Config = config, Manifest = Encoding.UTF8.GetBytes(manifest.ToJsonString()) };
    }

    private static string LayerType(bool oci, bool gzip) => (oci, gzip) switch
    {
        (true, true) => MediaTypes.OciLayerGzip,
        (true, false) => MediaTypes.OciLayer,
        (false, true) => MediaTypes.DockerLayerGzip,
        _ => MediaTypes.DockerLayer
    };

    /// <summary>Makes an index (or manifest list) of some images, in their order.</summary>
    public static byte[] Index(IEnumerable<TestImage> images, bool oci = true, bool attestation = false)
    {
        var entries = new JsonArray();
        foreach (var image in images)
        {
            var entry = Descriptor(image.ManifestType, image.Manifest);
            entry["platform"] = PlatformJson(image.Platform);
            entries.Add((JsonNode)entry);
        }
        if (attestation)
        {
            var entry = Descriptor(MediaTypes.OciManifest, "{}"u8);
            entry["platform"] = new JsonObject { ["architecture"] = "unknown", ["os"] = "unknown" };
            entry["annotations"] = new JsonObject { ["vnd.docker.reference.type"] = "attestation-manifest" };
            entries.Insert(0, entry);
        }
        return IndexOf(entries, oci);
    }

    /// <summary>Makes an index of ready entries.</summary>
    public static byte[] IndexOf(JsonArray entries, bool oci = true) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = oci ? MediaTypes.OciIndex : MediaTypes.DockerManifestList,
        ["manifests"] = entries
    }.ToJsonString());

    public static JsonObject Descriptor(string mediaType, ReadOnlySpan<byte> content) => new()
    {
        ["mediaType"] = mediaType,
        ["size"] = content.Length,
        ["digest"] = Digest.Sha256(content).ToString()
    };

    public static JsonObject PlatformJson(Platform platform)
    {
        var json = new JsonObject { ["architecture"] = platform.Architecture, ["os"] = platform.Os };
        if (platform.Architecture is "arm" or "arm64") json["variant"] = platform.Variant;
        return json;
    }

    /// <summary>A layer tar with one file of seeded random content; the same seed gives the same bytes.</summary>
    public static byte[] LayerTar(int seed, int size = 3000)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"file-{seed}")
            {
                DataStream = new MemoryStream(content),
                ModificationTime = DateTimeOffset.UnixEpoch
            });
        }
        return tar.ToArray();
    }

    public static byte[] Gzip(byte[] data)
    {
        var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest)) gzip.Write(data);
        return result.ToArray();
    }
}
