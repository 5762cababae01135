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
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _limit = long.MaxValue;
    private volatile TrailerSearch? _search;

    /// <summary>The SHA-256, once the stage has ended.</summary>
    public byte[]? Digest { get; private set; }

    /// <summary>Ends when the stage does.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether no digest is taken.</summary>
    public bool IsStopped => Volatile.Read(ref _limit) == 0;

    /// <summary>No digest is wanted: from now on buffers are only given back.</summary>
    public void Stop() => Volatile.Write(ref _limit, 0);

    /// <summary>The bytes from <paramref name="offset"/> on do not count.</summary>
    public void EndAt(long offset) => Volatile.Write(ref _limit, offset);

    /// <summary>The parser has given up, and finds no trailer any more: from now on it is looked for here.</summary>
    public void Search(TrailerSearch search) => _search = search;

    /// <summary>Runs until the channel is completed.</summary>
    public async Task RunAsync(ChannelReader<PooledBuffer> input, CancellationToken cancellationToken)
    {
        try
        {
            await HashAsync(input, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private async Task HashAsync(ChannelReader<PooledBuffer> input, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long position = 0;
        await foreach (var buffer in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (buffer)
            {
                var count = Math.Min(buffer.Length, Volatile.Read(ref _limit) - position);
                if (_search is { } search && count == buffer.Length) search.Append(buffer.Data.Span, position, hash);
                else if (count > 0) hash.AppendData(buffer.Data.Span[..(int)count]);
                position += buffer.Length;
            }
        }

        Digest = hash.GetHashAndReset();
    }
}
