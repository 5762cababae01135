using EtchStream.Formats.IO;
using EtchStream.Pack.Sources;
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
        const long count = 1_200_000;
        var length = count * 8192;
        var runs = new SparseRuns(4096, length);
        for (long i = 0; i < count; i++) runs.Add(i * 8192, 1);
        var map = runs.ToMap();
        Assert.Null(map);

        runs = new SparseRuns(4096, count * 65536);
        for (long i = 0; i < count; i++) runs.Add(i * 65536, 1);
        map = runs.ToMap();
        Assert.True(map is null || map.Count <= SparseRuns.MaxRuns, $"{map?.Count} stretches");
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
