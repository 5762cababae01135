using System.Threading.Channels;
using EtchStream.Dataflow;

namespace EtchStream.Unpack.Outputs;

/// <summary>
/// Writes the batches to every output: the only one directly; of several each has a queue and a task of its own, and all share the
/// batches' memory. The slowest sets the pace, since the queues are short.
/// </summary>
internal sealed class OutputWriteStage(OutputSet outputs, WaitList waits)
{
    // Batches that a fast output may be ahead of a slow one.
    private const int Backlog = 8;

    /// <summary>Runs until the channel is completed.</summary>
    /// <exception cref="IOException">No output is left.</exception>
    public async Task RunAsync(ChannelReader<WriteBatch> input, CancellationToken cancellationToken)
    {
        if (outputs.Slots is [var only])
        {
            await new DiskWriteStage(Watched(only)).RunAsync(input, cancellationToken).ConfigureAwait(false);
            return;
        }

        await using var scope = new StageScope(cancellationToken);
        List<ChannelWriter<WriteBatch>> queues = [];
        foreach (var slot in outputs.Slots.Where(s => s.IsIn))
        {
            var queue = StageScope.CreateChannel<WriteBatch>(Backlog);
            queues.Add(queue.Writer);
            scope.Start(token => WriteAsync(slot, queue.Reader, token));
            scope.Drain(queue.Reader);
        }

        scope.Start(token => DistributeAsync(input, queues, token));
        await scope.CompleteAsync().ConfigureAwait(false);
    }

    private static async Task DistributeAsync(ChannelReader<WriteBatch> input, List<ChannelWriter<WriteBatch>> queues, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                batch.Share(queues.Count);
                var sent = 0;
                try
                {
                    foreach (var queue in queues)
                    {
                        await queue.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                        sent++;
                    }
                }
                finally
                {
                    // Those who do not get it any more.
                    for (; sent < queues.Count; sent++) batch.Dispose();
                }
            }
        }
        finally
        {
            foreach (var queue in queues) queue.TryComplete();
        }
    }

    private WatchedWriter Watched(OutputSlot slot) => new(slot.Output!, waits.Add(slot.Path));

    // One that is dropped goes on taking what comes, so that the others are not held up, and answers barriers.
    private async Task WriteAsync(OutputSlot slot, ChannelReader<WriteBatch> input, CancellationToken cancellationToken)
    {
        var stage = new DiskWriteStage(Watched(slot));
        await foreach (var batch in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                try
                {
                    if (slot.IsIn) stage.Write(batch, cancellationToken);
                }
                catch (Exception e) when (OutputSet.IsOfOutput(e))
                {
                    slot.Drop(e);
                    outputs.ThrowIfNoneLeft();
                }

                batch.Reach();
            }
        }
    }
}
