using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats.Tar;
using EtchStream.Sources;

namespace EtchStream.Pack.Stages;

/// <summary>Where sources put their members: hands them to the next stage, and counts for the progress.</summary>
/// <remarks>Between two calls the source reads, which a network file system may keep from it: then that is what the run waits for.</remarks>
internal sealed class EntrySink(ChannelWriter<PackItem> output, PackCounters counters) : IEntrySink, IDisposable
{
    private readonly WaitPoint _source = counters.Waits.Add("");
    private bool _reads;

    /// <summary>Where the run notes how far it is.</summary>
    public PackCounters Counters => counters;

    /// <summary>Begins a phase.</summary>
    public void Enter(PackPhase phase, long? totalBytes = null)
    {
        _source.End();

        // Layers wait for what they are fetched from, which says more.
        _reads = phase is PackPhase.Image or PackPhase.Files;
        counters.Enter(phase, totalBytes);
    }

    /// <summary>Counts bytes that were looked at.</summary>
    public void Advance(long bytes) => counters.Bytes += bytes;

    /// <inheritdoc/>
    public ValueTask BeginAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        counters.Entries++;
        counters.Current = entry.Name;
        if (_reads) _source.What = $"the source of {ArchiveNames.Display(entry.Name)}";
        return HandOnAsync(new PackItem(entry, null), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PooledBuffer data, CancellationToken cancellationToken)
    {
        Advance(data.Length);
        try
        {
            await HandOnAsync(new PackItem(null, data), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0)
        {
            var count = Math.Min(data.Length, IEntrySink.BufferSize);
            var buffer = PooledBuffer.Rent(count);
            data.Span[..count].CopyTo(buffer.Memory.Span);
            buffer.Length = count;
            data = data[count..];
            await WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Hands on bytes of a segment, and with them the buffer.</summary>
    public async ValueTask WriteSegmentAsync(PooledBuffer data, CancellationToken cancellationToken)
    {
        try
        {
            await HandOnAsync(new PackItem(null, data, IsSegment: true), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Ends a segment.</summary>
    public ValueTask EndSegmentAsync(SegmentTotals totals, CancellationToken cancellationToken)
    {
        counters.Entries += totals.Entries;
        return HandOnAsync(new PackItem(null, null, Totals: totals), cancellationToken);
    }

    /// <summary>Says what is worked on.</summary>
    public void Show(byte[] current) => counters.Current = current;

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private async ValueTask HandOnAsync(PackItem item, CancellationToken cancellationToken)
    {
        _source.End();
        await output.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        if (_reads) _source.Begin();
    }
}
