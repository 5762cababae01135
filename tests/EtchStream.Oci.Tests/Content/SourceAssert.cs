using EtchStream.Oci.Content;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

internal static class SourceAssert
{
    /// <summary>Everything that a source says of an image is so, and every layer's content is the image's.</summary>
    public static async Task IsAsync(TestImage expected, IImageSource source, ResolvedImage actual, bool tars = false)
    {
        Assert.True(actual.Config.Content.Span.SequenceEqual(expected.Config));
        Assert.Equal(expected.ImageId, actual.Config.ImageId);
        Assert.Equal(expected.LayerTars.Select(t => Digest.Sha256(t)), actual.Layers.Select(l => l.DiffId.Digest));
        Assert.Equal(ChainId.Compute(actual.Config.DiffIds), actual.Layers.Select(l => l.ChainId));
        var blobs = tars ? expected.LayerTars : expected.LayerBlobs;
        for (var i = 0; i < blobs.Count; i++) Assert.Equal(blobs[i], await ReadAsync(source, actual.Layers[i].Blob));
    }

    public static async Task<byte[]> ReadAsync(IBlobSource source, Descriptor blob, CancellationToken cancellationToken = default)
    {
        await using var stream = await source.OpenBlobAsync(blob, cancellationToken);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, cancellationToken);
        return copy.ToArray();
    }
}
