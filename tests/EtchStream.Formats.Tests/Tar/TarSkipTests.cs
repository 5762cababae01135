using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Content that is skipped changes nothing of what is read behind it, whether the source reads over it or goes around it.</summary>
public sealed class TarSkipTests
{
    [Fact]
    public async Task Entries_are_the_same_when_content_is_skipped()
    {
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var archive = await WriteAsync([.. Enumerable.Range(0, 12).Select(_ => TarRandom.Member(random))]);
            await SameAsync(archive, random);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(3000)]
    public Task Content_behind_a_hard_link_is_skipped_too(int size) => SameAsync(
        new RawTar().Header("stored", '1', size, link: "t").Content(new string('c', size)).Header("after", '0', 1).Content("a").Header("informative", '1', size, link: "t").Header("last", '0').End(),
        new Random(6));

    [Fact]
    public async Task What_ends_within_skipped_content_is_truncated()
    {
        var archive = new RawTar().Header("a", '0', 5000).Content(new string('a', 5000)).End();
        foreach (var length in (int[])[512, 513, 1024, 5000, 5511])
        {
            foreach (var buffer in (int[])[1, 512, 100_000])
            {
                using var stream = new MemoryStream(archive[..length]);
                await using var source = new SeekableByteSource(stream, buffer);
                var reader = new TarReader(source);
                await reader.ReadEntryAsync();
                await Assert.ThrowsAsync<CorruptFormatException>(() => reader.SkipContentAsync().AsTask());
                Assert.Equal(length, source.Position);
            }
        }
    }

    private static async Task SameAsync(byte[] archive, Random random)
    {
        var expected = await ReadAsync(archive);
        foreach (var size in (int[])[1, 511, 512, 700, 100_000])
        {
            using var stream = new MemoryStream(archive);
            await using ByteSource source = random.Next(4) == 0 ? new ChunkedSource(archive, size) : new SeekableByteSource(stream, size);
            var reader = new TarReader(source);
            foreach (var member in expected)
            {
                var entry = await reader.ReadEntryAsync();
                Assert.Equal(Describe(member.Entry), Describe(entry!));
                Assert.Equal(member.Entry.HeaderOffset, entry!.HeaderOffset);
                Assert.Equal(member.RawHeader, reader.RawHeader.ToArray());
                if (random.Next(3) == 0) await reader.ReadContentAsync();
                await reader.SkipContentAsync();
                Assert.Equal(0, reader.ContentRemaining);
            }

            Assert.Null(await reader.ReadEntryAsync());
            await reader.DrainAsync();
            Assert.Equal(archive.Length, source.Position);
        }
    }
}
