using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class FileContentMapperTests
{
    private const int VolumeSize = 1 << 20;

    [Fact]
    public void Every_mapping_gives_what_a_naive_model_gives()
    {
        var random = new Random(20);
        for (var round = 0; round < 4000; round++)
        {
            var blockSize = 1 << random.Next(4, 10);
            var size = random.Next(6) == 0 ? 0 : random.Next(1, 40 * blockSize);
            var runs = random.Next(2) == 0 ? null : RandomDataRuns(random, size);
            Check(random, blockSize, size, runs);
        }
    }

    [Fact]
    public void Places_beyond_the_content_and_holes_that_got_blocks_are_zeroed()
    {
        var volume = Dirty(4096);
        var mapper = new FileContentMapper();
        mapper.Begin(new MemoryDisk(volume), [new FileRun(0, 1024, 2048)], 700, [new DataRun(100, 50), new DataRun(600, 10)]);
        mapper.Append(new byte[] { 1, 2, 3 });
        mapper.Append(Enumerable.Repeat((byte)9, 57).ToArray());
        mapper.End();
        Assert.Equal([1, 2, 3, 9], volume[(1024 + 100)..(1024 + 104)]);
        Assert.Equal(9, volume[1024 + 609]);
        Assert.Equal(0, volume[1024 + 610]);
        Assert.Equal(60, volume[1024..3072].Count(b => b != 0));
        Assert.All(volume[..1024], b => Assert.Equal(0xEE, b));
        Assert.All(volume[3072..], b => Assert.Equal(0xEE, b));
    }

    [Fact]
    public void Content_without_a_place_is_an_error()
    {
        var mapper = new FileContentMapper();
        mapper.Begin(new MemoryDisk(new byte[4096]), [new FileRun(1024, 0, 1024)], 2048, null);
        Assert.Throws<InvalidOperationException>(() => mapper.Append(new byte[1]));
    }

    [Fact]
    public void More_content_than_the_file_holds_is_an_error()
    {
        var mapper = new FileContentMapper();
        mapper.Begin(new MemoryDisk(new byte[4096]), [new FileRun(0, 0, 1024)], 10, null);
        Assert.Throws<InvalidOperationException>(() => mapper.Append(new byte[11]));
    }

    [Theory]
    [InlineData(10, 5, 12, 5)]
    [InlineData(10, 5, 0, 5)]
    [InlineData(0, -1, 5, 5)]
    [InlineData(0, 5, 96, 5)]
    [InlineData(0, 5, long.MaxValue, 5)]
    [InlineData(0, 5, 5, long.MaxValue)]
    public void Stretches_that_overlap_or_leave_the_file_are_corrupt(long offset, long length, long offset2, long length2)
    {
        DataRun[] runs = [new(offset, length), new(offset2, length2)];
        Assert.Throws<CorruptFormatException>(() => FileContentMapper.CheckDataRuns(runs, 100, 0));
    }

    [Fact]
    public void Stretches_that_touch_and_an_empty_one_at_the_end_are_fine() =>
        FileContentMapper.CheckDataRuns([new DataRun(0, 10), new DataRun(10, 20), new DataRun(100, 0)], 100, 0);

    private static void Check(Random random, int blockSize, int size, List<DataRun>? runs)
    {
        var content = new byte[runs?.Sum(r => r.Length) ?? size];
        random.NextBytes(content);

        // The model: the file as it has to read, and the places that have to hold it.
        var file = new byte[((size + blockSize - 1) / blockSize) * blockSize];
        var at = 0;
        foreach (var run in runs ?? [new DataRun(0, size)])
        {
            content.AsSpan(at, (int)run.Length).CopyTo(file.AsSpan((int)run.Offset));
            at += (int)run.Length;
        }

        var places = RandomPlaces(random, blockSize, size, runs);
        var expected = Dirty(VolumeSize);
        foreach (var place in places) file.AsSpan((int)place.FileOffset, (int)place.Length).CopyTo(expected.AsSpan((int)place.VolumeOffset));

        var actual = Dirty(VolumeSize);
        var mapper = new FileContentMapper();
        mapper.Begin(new MemoryDisk(actual), places, size, runs);
        for (var left = content.AsSpan(); !left.IsEmpty;)
        {
            var piece = random.Next(1, Math.Min(left.Length, 3 * blockSize) + 1);
            mapper.Append(left[..piece]);
            left = left[piece..];
        }

        mapper.End();
        Assert.True(expected.AsSpan().SequenceEqual(actual));
    }

    private static List<DataRun> RandomDataRuns(Random random, int size)
    {
        var runs = new List<DataRun>();
        for (var at = random.Next(0, 50); at < size; at += random.Next(0, 200))
        {
            var length = Math.Min(random.Next(0, 300), size - at);
            runs.Add(new DataRun(at, length));
            at += length;
        }

        return runs;
    }

    /// <summary>Blocks wherever there is data, sometimes also where there is none, in random order on the volume.</summary>
    private static List<FileRun> RandomPlaces(Random random, int blockSize, int size, List<DataRun>? runs)
    {
        var places = new List<FileRun>();
        var free = random.Next(4) * blockSize;
        for (var start = 0; start < size; start += blockSize)
        {
            var end = start + blockSize;
            var hasData = runs is null || runs.Exists(r => r.Length > 0 && r.Offset < end && r.End > start);
            if (!hasData && random.Next(3) > 0) continue;
            if (random.Next(3) == 0) free += blockSize * random.Next(1, 3);
            if (places.Count > 0 && places[^1] is var last && last.FileOffset + last.Length == start && last.VolumeOffset + last.Length == free)
            {
                places[^1] = last with { Length = last.Length + blockSize };
            }
            else
            {
                places.Add(new FileRun(start, free, blockSize));
            }

            free += blockSize;
        }

        return places;
    }

    private static byte[] Dirty(int size)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, (byte)0xEE);
        return bytes;
    }
}
