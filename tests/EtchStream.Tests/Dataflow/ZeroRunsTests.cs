using EtchStream.Formats.IO;
using EtchStream.Dataflow;
using Xunit;

namespace EtchStream.Tests.Dataflow;

public sealed class ZeroRunsTests
{
    [Fact]
    public void What_is_written_onto_zeros_is_the_data_however_it_is_cut()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var data = new byte[random.Next(1, 600_000)];
            for (var i = random.Next(8); i > 0; i--)
            {
                var start = random.Next(data.Length);
                random.NextBytes(data.AsSpan(start, Math.Min(random.Next(1, 70_000), data.Length - start)));
            }

            var target = new byte[data.Length];
            long written = 0;
            for (var at = 0; at < data.Length;)
            {
                var piece = Math.Min(random.Next(1, 200_000), data.Length - at);
                written += ZeroRuns.WriteNonZero(new MemoryDisk(target), at, data.AsSpan(at, piece));
                at += piece;
            }

            Assert.True(data.AsSpan().SequenceEqual(target));
            Assert.InRange(written, 0, data.Length);
        }
    }

    [Fact]
    public void Blocks_of_zeros_are_not_written_and_neighbours_are_written_together()
    {
        var data = new byte[8 * ZeroRuns.BlockSize];
        data[(3 * ZeroRuns.BlockSize) - 1] = 1;
        data[3 * ZeroRuns.BlockSize] = 1;
        var log = new Log();
        Assert.Equal(2 * ZeroRuns.BlockSize, ZeroRuns.WriteNonZero(log, 1 << 20, data));
        Assert.Equal([((1 << 20) + (2 * ZeroRuns.BlockSize), 2 * ZeroRuns.BlockSize)], log.Writes);
    }

    private sealed class Log : IBlockWriter
    {
        public List<(long Offset, int Length)> Writes { get; } = [];

        public void Write(long offset, ReadOnlySpan<byte> data) => Writes.Add((offset, data.Length));
    }
}
