using EtchStream.Oci;
using EtchStream.TestKit.Registry;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>An image of five layers, some of them longer than a buffer, and the places where a pull of it can go wrong.</summary>
internal static class FaultTargets
{
    public static TestImage Image { get; } = TestImage.Create(
        "linux/arm64", [TestImage.LayerTar(1, 600_000), TestImage.LayerTar(2), TestImage.LayerTar(3, 900_000), TestImage.LayerTar(4), TestImage.LayerTar(5, 300_000)]);

    /// <summary>The places by name.</summary>
    public static IReadOnlyList<string> All { get; } = ["manifest", "config", "first layer", "middle layer", "last layer"];

    /// <summary>The places whose content a digest in another document promises.</summary>
    public static IReadOnlyList<string> Blobs { get; } = [.. All.Skip(1)];

    /// <summary>The content that a place serves.</summary>
    public static byte[] Content(string target) => target switch
    {
        "manifest" => Image.Manifest,
        "config" => Image.Config,
        "first layer" => Image.LayerBlobs[0],
        "middle layer" => Image.LayerBlobs[2],
        _ => Image.LayerBlobs[4],
    };

    /// <summary>What is in the path of requests for it.</summary>
    public static string PathPart(string target) => target == "manifest" ? "/manifests/" : Digest.Sha256(Content(target)).ToString();
}
