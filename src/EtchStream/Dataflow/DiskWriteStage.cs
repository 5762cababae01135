using System.Threading.Channels;
using EtchStream.Formats.IO;

namespace EtchStream.Dataflow;

/// <summary>The last stage: writes batches to the disk, one after the other, and answers barriers.</summary>
public sealed class DiskWriteStage
{
    private readonly IBlockWriter _disk;

    /// <summary>Writes to <paramref name="disk"/>.</summary>
    public DiskWriteStage(IBlockWriter disk)
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
                if (batch.Barrier is { } barrier)
                {
                    barrier.TrySetResult();
                    continue;
                }

                WriteAll(batch);
            }
        }
    }

    private void WriteAll(WriteBatch batch)
    {
        var bytes = batch.Buffer!.Data.Span;
        foreach (var segment in batch.Segments) _disk.Write(segment.DiskOffset, bytes.Slice(segment.Start, segment.Length));
    }
}
