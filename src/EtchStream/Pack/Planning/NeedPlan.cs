using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Pack.Containers;
using EtchStream.Pack.Stages;
using EtchStream.Sources;

namespace EtchStream.Pack.Planning;

/// <summary>
/// Finds out what will go into each partition before the archive is begun, so that its first member can say it: everything is read once
/// and counted, but for layers of which it is known already.
/// </summary>
internal static class NeedPlan
{
    private const int Capacity = 8;

    /// <summary>Runs.</summary>
    /// <returns>What the trailer is going to say.</returns>
    public static async Task<IReadOnlyList<TrailerPartition>> RunAsync(
        PartitionTally tally, IReadOnlyList<IEntrySource> sources, ContainerSource? containers, LayerFacts facts, PackCounters counters, CancellationToken cancellationToken)
    {
        var items = StageScope.CreateChannel<PackItem>(Capacity);
        await using var scope = new StageScope(cancellationToken);
        scope.Drain(items.Reader);
        scope.Start(items.Writer, async token =>
        {
            using var sink = new EntrySink(items.Writer, counters);
            if (sources.Count > 0) sink.Enter(PackPhase.Plan);
            foreach (var source in sources) await source.EmitAsync(sink, token).ConfigureAwait(false);
            if (containers is not null) await containers.PlanAsync(sink, facts, token).ConfigureAwait(false);
        });
        scope.Start(async token =>
        {
            await foreach (var item in items.Reader.ReadAllAsync(token).ConfigureAwait(false))
            {
                item.Data?.Dispose();
                if (item.Totals is not null) tally.Add(item.Totals);
                else if (item.Entry is not null) tally.Add(item.Entry);
            }
        });
        await scope.CompleteAsync().ConfigureAwait(false);

        // All of it comes again, into the archive.
        counters.Entries = 0;
        return tally.ToList();
    }
}
