using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats.Tar;
using EtchStream.Sources;

namespace EtchStream.Pack.Stages;

/// <summary>Where sources put their members: hands them to the next stage, and counts for the progress.</summary>
internal sealed class EntrySink(ChannelWriter<PackItem> output, IProgress<PackProgress>? progress) : IEntrySink
{
    private const int ReportMilliseconds = 100;

    private PackPhase _phase = PackPhase.Scan;
    private long? _total;
    private long _bytes;
    private long _entries;
    private long _lastReport;
    private byte[]? _current;

    /// <summary>Begins a phase.</summary>
    public void Enter(PackPhase phase, long? totalBytes = null)
    {
        _phase = phase;
        _total = totalBytes;
        _bytes = 0;
        _current = null;
        Report();
    }

    /// <summary>Counts bytes that were looked at.</summary>
    public void Advance(long bytes)
    {
        _bytes += bytes;
        if (progress is not null && Environment.TickCount64 - _lastReport >= ReportMilliseconds) Report();
    }

    /// <summary>Says how many bytes of the phase were looked at so far.</summary>
    public void AdvanceTo(long bytes) => Advance(bytes - _bytes);

    /// <inheritdoc/>
    public ValueTask BeginAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        _entries++;
        _current = entry.Name;
        Advance(0);
        return output.WriteAsync(new PackItem(entry, null), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PooledBuffer data, CancellationToken cancellationToken)
    {
        Advance(data.Length);
        try
        {
            await output.WriteAsync(new PackItem(null, data), cancellationToken).ConfigureAwait(false);
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
            await output.WriteAsync(new PackItem(null, data, IsSegment: true), cancellationToken).ConfigureAwait(false);
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
        _entries += totals.Entries;
        return output.WriteAsync(new PackItem(null, null, Totals: totals), cancellationToken);
    }

    /// <summary>Says what is worked on.</summary>
    public void Show(byte[] current) => _current = current;

    private void Report()
    {
        if (progress is null) return;
        _lastReport = Environment.TickCount64;
        progress.Report(new PackProgress(_phase, _bytes, _total, _entries, _current is null ? null : ArchiveNames.Display(_current)));
    }
}
