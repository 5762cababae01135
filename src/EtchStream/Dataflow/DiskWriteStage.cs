using System.Threading.Channels;

namespace EtchStream.Dataflow;

/// <summary>The last stage: writes batches to the disk, one after the other, and answers barriers.</summary>
internal sealed class DiskWriteStage
{
    private const long ZeroPiece = 64 << 20;

    private readonly IZeroingWriter _disk;

    /// <summary>Writes to <paramref name="disk"/>.</summary>
    public DiskWriteStage(IZeroingWriter disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        _disk = disk;
    }

    /// <summary>Runs until the channel is completed.</summary>
    /// <exception cref="IOException">The disk does not take the bytes.</exception>
    public async Task RunAsync(ChannelReader<WriteBatch> input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        await foreach (var batch in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                Write(batch, cancellationToken);
                batch.Reach();
            }
        }
    }

    /// <summary>Writes one batch; a barrier holds nothing to write.</summary>
    public void Write(WriteBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Buffer is null) return;
        var bytes = batch.Buffer.Data.Span;
        foreach (var segment in batch.Segments)
        {
            if (segment.IsZero) Zero(segment, cancellationToken);
            else _disk.Write(segment.DiskOffset, bytes.Slice(segment.Start, (int)segment.Length));
        }
    }

    // In pieces: a device that has to be told each zero takes minutes for some gigabytes, and is to stop when asked to.
    private void Zero(WriteSegment segment, CancellationToken cancellationToken)
    {
        for (long done = 0; done < segment.Length; done += ZeroPiece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _disk.Zero(segment.DiskOffset + done, Math.Min(ZeroPiece, segment.Length - done));
        }
    }
}
