using EtchStream.Formats.IO;
using EtchStream.Sources;
using Xunit;

namespace EtchStream.Tests.Pack;

public sealed class SparseRunsTests
{
    [Fact]
    public void Stretches_are_widened_to_granules_and_joined_where_they_touch()
    {
        var runs = new SparseRuns(4096, 100_000);
        runs.Add(5000, 1);
        runs.Add(8191, 2);
        runs.Add(50_000, 10);
        runs.Add(99_999, 1);
        Assert.Equal([new DataRun(4096, 8192), new DataRun(49_152, 4096), new DataRun(98_304, 100_000 - 98_304)], runs.ToMap());
    }

    [Fact]
    public void A_file_without_holes_has_no_map()
    {
        var runs = new SparseRuns(4096, 10_000);
        runs.Add(0, 10_000);
        Assert.Null(runs.ToMap());
        Assert.Null(new SparseRuns(4096, 0).ToMap());
    }

    [Fact]
    public void A_file_of_holes_only_has_an_empty_map() => Assert.Empty(new SparseRuns(4096, 10_000).ToMap()!);

    [Fact]
    public void A_map_of_too_many_stretches_becomes_coarser_and_still_covers_all_data()
    {
        const long count = 600_000;
        const long step = 65536;
        var runs = new SparseRuns(4096, count * step);
        for (long i = 0; i < count; i++) runs.Add(i * step, 1);
        for (long i = 0; i < 10; i++) runs.Add((count * step) - 4096, 4096);
        Assert.Null(runs.ToMap());

        // Far apart ones stay apart where that is enough.
        runs = new SparseRuns(4096, count * step);
        for (long i = 0; i < count; i += 2) runs.Add(i * step, 1);
        var map = runs.ToMap()!;
        Assert.Equal(count / 2, map.Count);
        Assert.Equal(new DataRun(2 * step, 4096), map[1]);
    }

    [Fact]
    public void A_map_is_made_no_coarser_than_it_has_to_be()
    {
        // Pairs 8 KiB apart, each pair 1 MiB from the next: joining the pairs halves the map, and that is enough.
        const long pairs = 300_000;
        const long step = 1 << 20;
        var runs = new SparseRuns(4096, pairs * step);
        for (long i = 0; i < pairs; i++)
        {
            runs.Add(i * step, 1);
            runs.Add((i * step) + 8192, 1);
        }

        var map = runs.ToMap()!;
        Assert.Equal(pairs, map.Count);
        Assert.Equal(new DataRun(0, 16384), map[0]);
        for (var i = 1; i < map.Count; i++) Assert.True(map[i].Offset > map[i - 1].End);
    }

    [Fact]
    public void The_last_granule_ends_at_the_files_end_even_near_the_largest_size()
    {
        var runs = new SparseRuns(65536, long.MaxValue);
        runs.Add(long.MaxValue - 1, 1);
        var run = Assert.Single(runs.ToMap()!);
        Assert.Equal(long.MaxValue, run.End);
    }
}
