using EtchStream.Dataflow;
using Xunit;

namespace EtchStream.Tests.Dataflow;

public sealed class ChunkedMemoryTests
{
    private const int Chunk = 256 * 1024;

    public static TheoryData<int> Lengths => [0, 1, Chunk - 1, Chunk, Chunk + 1, 2 * Chunk, (3 * Chunk) + 7];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task What_was_written_is_read_back_in_pieces_of_any_size(int length)
    {
        var bytes = Noise(length);
        foreach (var write in (int[])[1000, Chunk, Chunk + 1, int.MaxValue])
        {
            await using var memory = new ChunkedMemory();
            for (var at = 0; at < length; at += Math.Min(write, length)) memory.Write(bytes, at, Math.Min(write, length - at));
            Assert.Equal((length, length), (memory.Length, memory.Position));
            Assert.Equal(bytes, memory.Pieces.SelectMany(piece => piece.ToArray()));
            Assert.DoesNotContain(memory.Pieces, piece => piece.IsEmpty);
            foreach (var read in (int[])[777, Chunk, int.MaxValue])
            {
                await using var reader = memory.OpenRead();
                Assert.Equal((length, 0), (reader.Length, reader.Position));
                using var copy = new MemoryStream();
                var buffer = new byte[Math.Min(read, length + 1)];
                while (await reader.ReadAsync(buffer) is var count and > 0) copy.Write(buffer.AsSpan(0, count));
                Assert.Equal(bytes, copy.ToArray());
                Assert.Equal((length, 0), (reader.Position, reader.Read(buffer)));
            }
        }
    }

    [Fact]
    public async Task Several_readers_do_not_disturb_each_other()
    {
        await using var memory = new ChunkedMemory();
        memory.Write("0123456789"u8);
        await using var first = memory.OpenRead();
        await using var second = memory.OpenRead();
        var buffer = new byte[4];
        Assert.Equal((4, 3), (first.Read(buffer), second.Read(buffer.AsSpan(0, 3))));
        Assert.Equal("012"u8, buffer.AsSpan(0, 3));
        await first.ReadExactlyAsync(buffer);
        Assert.Equal("4567"u8, buffer);
        Assert.Equal(0, first.Read([]));
        Assert.Equal(2, first.Read(buffer));
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
