using System.Security.Cryptography;
using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Oci;

namespace EtchStream.Pack.Layers;

/// <summary>Computes the digest of a layer's tar as it goes by, and lets the end through only if it is the one that the image's config gives.</summary>
internal sealed class DiffIdStage(DiffId expected)
{
    /// <summary>Runs.</summary>
    /// <exception cref="DigestMismatchException">The tar is another one.</exception>
    public async Task RunAsync(ChannelReader<PooledBuffer> input, ChannelWriter<PooledBuffer> output, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await foreach (var buffer in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    hash.AppendData(buffer.Data.Span);
                    await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    buffer.Dispose();
                    throw;
                }
            }
        }
        finally
        {
            while (input.TryRead(out var left)) left.Dispose();
        }

        var actual = Digest.FromSha256(hash.GetHashAndReset());
        if (actual != expected.Digest) throw new DigestMismatchException("the uncompressed layer's digest (diff ID)", expected.ToString(), actual.ToString(), "the image is broken, build it again");
    }
}
