using System.Security.Cryptography;
using System.Threading.Channels;
using EtchStream.Dataflow;

namespace EtchStream.Unpack;

/// <summary>
/// Hashes the archive's bytes up to its trailer, beside the parser: it gets each buffer when the parser is done with it.
/// </summary>
/// <remarks>
/// The parser says where the trailer starts (<see cref="EndAt"/>) before it hands on the buffers that hold its first byte, and the
/// channel between them orders the two, so the limit is always known in time.
/// </remarks>
internal sealed class ArchiveHashStage
{
    private long _limit = long.MaxValue;

    /// <summary>The SHA-256, once the stage has ended.</summary>
    public byte[]? Digest { get; private set; }

    /// <summary>No digest is wanted: from now on buffers are only given back.</summary>
    public void Stop() => Volatile.Write(ref _limit, 0);

    /// <summary>The bytes from <paramref name="offset"/> on do not count.</summary>
    public void EndAt(long offset) => Volatile.Write(ref _limit, offset);

    /// <summary>Runs until the channel is completed.</summary>
    public async Task RunAsync(ChannelReader<PooledBuffer> input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long position = 0;
        await foreach (var buffer in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (buffer)
            {
                var count = Math.Min(buffer.Length, Volatile.Read(ref _limit) - position);
                if (count > 0) hash.AppendData(buffer.Data.Span[..(int)count]);
                position += buffer.Length;
            }
        }

        Digest = hash.GetHashAndReset();
    }
}
