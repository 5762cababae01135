namespace EtchStream.Oci;

/// <summary>The media types of manifests, configs and layers (OCI image spec, media-types.md; Docker image manifest version 2, schema 2).</summary>
public static class MediaTypes
{
    /// <summary>Docker schema 2 manifest of one image.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker manifest list: one manifest a platform.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Docker schema 1 manifest, no longer taken.</summary>
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";

    /// <summary>Docker schema 1 manifest with signatures, no longer taken.</summary>
    public const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /// <summary>Docker image config.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>Docker layer, uncompressed tar.</summary>
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";

    /// <summary>Docker layer, gzip.</summary>
    public const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>Docker layer, zstd (what some builders write).</summary>
    public const string DockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    /// <summary>Docker layer that is not in the registry but at its vendor's addresses.</summary>
    public const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar";

    /// <summary>OCI manifest of one image.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>OCI index: one manifest a platform.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>OCI image config.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>OCI layer, uncompressed tar.</summary>
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>OCI layer, gzip.</summary>
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";

    /// <summary>OCI layer, zstd.</summary>
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    /// <summary>OCI layer that its licence keeps out of registries.</summary>
    public const string OciNondistributableLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar";

    /// <summary>True for both forms of a single image's manifest.</summary>
    public static bool IsManifest(string? mediaType) => mediaType is DockerManifest or OciManifest;

    /// <summary>True for the manifest list and the index.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is DockerManifestList or OciIndex;

    /// <summary>True for both forms of schema 1.</summary>
    public static bool IsSchema1(string? mediaType) => mediaType is DockerSchema1 or DockerSchema1Signed;

    /// <summary>True for both forms of an image config.</summary>
    public static bool IsImageConfig(string? mediaType) => mediaType is DockerConfig or OciConfig;

    /// <summary>True for a layer that can be fetched and unpacked: a tar, plain or compressed with gzip or zstd.</summary>
    public static bool IsLayer(string? mediaType) =>
        mediaType is DockerLayer or DockerLayerGzip or DockerLayerZstd or OciLayer or OciLayerGzip or OciLayerZstd;

    /// <summary>True for Docker's foreign and OCI's non-distributable layers, whatever their compression.</summary>
    public static bool IsForeignLayer(string? mediaType) => mediaType is not null
        && (mediaType.StartsWith(DockerForeignLayer, StringComparison.Ordinal) || mediaType.StartsWith(OciNondistributableLayer, StringComparison.Ordinal));
}
