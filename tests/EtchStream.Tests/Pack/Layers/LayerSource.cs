using System.Collections.Concurrent;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Gives blobs by their digest and counts how often; a test may put another stream in a blob's place.</summary>
internal sealed class LayerSource : IImageSource
{
    private readonly Dictionary<Digest, Func<Stream>> _blobs = [];

    /// <summary>Blobs opened so far.</summary>
    public ConcurrentQueue<Digest> Opened { get; } = new();

    public string Location => "test:image";

    public void Add(Descriptor blob, Func<Stream> open) => _blobs[blob.Digest] = open;

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken = default)
    {
        Opened.Enqueue(blob.Digest);
        return Task.FromResult(_blobs[blob.Digest]());
    }

    public Task<ResolvedImage> ResolveAsync(Platform? platform, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
