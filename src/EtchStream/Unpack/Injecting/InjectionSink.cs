using EtchStream.Dataflow;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack.Injecting;

/// <summary>Hands what sources give to the splicer, as the archive's members are handed to it.</summary>
internal sealed class InjectionSink(PartitionSplicer splicer, UnpackCounters counters) : IEntrySink
{
    private long _remaining;

    /// <inheritdoc/>
    public async ValueTask BeginAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        counters.CurrentName = entry.Name;
        counters.Files++;
        splicer.Begin(entry, ArchivePath.Parse(entry.Name));
        if (entry.Kind != FileKind.File) return;
        _remaining = entry.ContentLength;
        if (_remaining == 0) await splicer.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(PooledBuffer data, CancellationToken cancellationToken)
    {
        using (data) await WriteAsync(data.Memory[..data.Length], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await splicer.ContentAsync(data, cancellationToken).ConfigureAwait(false);
        _remaining -= data.Length;
        if (_remaining == 0) await splicer.EndAsync(cancellationToken).ConfigureAwait(false);
    }
}
