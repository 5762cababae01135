using EtchStream.Oci;
using EtchStream.TestKit.Registry;

namespace EtchStream.TestKit.Engine;

/// <summary>One layer of a test image.</summary>
/// <param name="Tar">The tar; its digest is the diff ID.</param>
/// <param name="Blob">What the registry holds: the tar, compressed or not.</param>
/// <param name="MediaType">The blob's media type in the manifest.</param>
public sealed record EngineLayer(LayerContent Tar, LayerContent Blob, string MediaType)
{
    /// <summary>A layer whose blob is the tar as one gzip member.</summary>
    public static EngineLayer Gzip(byte[] tar) => new(new LayerContent(tar), new LayerContent(TestImage.Gzip(tar)), MediaTypes.OciLayerGzip);

    /// <summary>A layer whose blob is the tar itself.</summary>
    public static EngineLayer Plain(LayerContent tar) => new(tar, tar, MediaTypes.OciLayer);
}
