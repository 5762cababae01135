using EtchStream.Dataflow;
using EtchStream.Formats.IO;
using Xunit;

namespace EtchStream.Tests.Dataflow;

public sealed class WriteCombinerTests
{
    [Fact]
    public async Task Any_sequence_of_writes_gives_the_same_disk_as_writing_at_once()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var expected = new byte[50_000];
            var actual = new byte[50_000];
            var channel = StageScope.CreateChannel<WriteBatch>(2);
            using var combiner = new WriteCombiner(channel.Writer, random.Next(1, 3000));
            var disk = new DiskWriteStage(new ZeroingDisk(actual)).RunAsync(channel.Reader, default);
            long offset = 0;
            for (var i = 0; i < 200; i++)
            {
                var data = new byte[random.Next(0, 900)];
                random.NextBytes(data);
                if (random.Next(3) == 0 || offset + data.Length > expected.Length) offset = random.Next(0, expected.Length - data.Length);
                if (random.Next(5) == 0)
                {
                    Array.Clear(data);
                    combiner.Zero(offset, data.Length);
                }
                else
                {
                    combiner.Write(offset, data);
                }

                data.CopyTo(expected.AsSpan((int)offset));
                offset += data.Length;
                if (random.Next(4) == 0) await combiner.DrainAsync();
                if (random.Next(40) != 0) continue;
                await combiner.BarrierAsync(default);
                Assert.True(expected.AsSpan().SequenceEqual(actual));
            }

            await combiner.BarrierAsync(default);
            channel.Writer.Complete();
            await disk;
            Assert.True(expected.AsSpan().SequenceEqual(actual));
        }
    }

    [Fact]
    public async Task Neighbouring_writes_become_one_and_gaps_stay()
    {
        var channel = StageScope.CreateChannel<WriteBatch>(8);
        using var combiner = new WriteCombiner(channel.Writer, 100);
        combiner.Write(1000, new byte[30]);
        combiner.Write(1030, new byte[30]);
        combiner.Write(1061, new byte[10]);
        combiner.Write(1000, new byte[10]);
        combiner.Write(1010, new byte[40]);
        await combiner.DrainAsync();
        Assert.True(channel.Reader.TryRead(out var batch));
        Assert.Equal([new WriteSegment(1000, 0, 60), new WriteSegment(1061, 60, 10), new WriteSegment(1000, 70, 30)], batch.Segments);
        Assert.False(channel.Reader.TryRead(out _));
        Assert.Equal(120, combiner.BytesWritten);
        batch.Dispose();
    }

    [Fact]
    public async Task A_barrier_does_not_outlive_a_disk_that_failed()
    {
        var writes = StageScope.CreateChannel<WriteBatch>(1);
        using var combiner = new WriteCombiner(writes.Writer, 10);
        await using var scope = new StageScope(default);
        scope.Start(token => new DiskWriteStage(new FailingDisk()).RunAsync(writes.Reader, token));
        scope.Start(async token =>
        {
            combiner.Write(0, new byte[5]);
            await combiner.BarrierAsync(token);
        });
        var error = await Assert.ThrowsAsync<IOException>(scope.CompleteAsync);
        Assert.Equal("the disk is gone", error.Message);
    }

    private sealed class ZeroingDisk(byte[] bytes) : IZeroingWriter
    {
        public void Write(long offset, ReadOnlySpan<byte> data) => data.CopyTo(bytes.AsSpan((int)offset));

        public void Zero(long offset, long length) => bytes.AsSpan((int)offset, (int)length).Clear();
    }

    private sealed class FailingDisk : IZeroingWriter
    {
        public void Zero(long offset, long length) => throw new IOException("the disk is gone");

        public void Write(long offset, ReadOnlySpan<byte> data) => throw new IOException("the disk is gone");
    }
}
