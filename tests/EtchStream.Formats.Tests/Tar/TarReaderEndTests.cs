using EtchStream.Formats.Tar;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Streams that end before their end blocks, and global headers, as layers of container images have them.</summary>
public sealed class TarReaderEndTests
{
    private const string Gnu = "ustar  \0";
    private static readonly int[] Chunks = [1, 7, 512, 1 << 16];

    private static Task<List<ReadMember>> ReadLayer(byte[] archive, int chunk) =>
        ReadAsync(new TarReader(new ChunkedSource(archive, chunk)) { AllowMissingEnd = true, IgnoreGlobalHeaders = true }, archive);

    /// <summary>Cuts an archive at every byte: it is read where it may end, and truncated everywhere else.</summary>
    private static async Task EndsOnlyAt(byte[] archive, params (int First, int Last)[] ends)
    {
        for (var length = 0; length <= archive.Length; length++)
        {
            var isEnd = ends.Any(end => length >= end.First && length <= end.Last);
            var cut = archive[..length];
            foreach (var chunk in new[] { 1, 300, 1 << 16 })
            {
                if (isEnd)
                {
                    await ReadLayer(cut, chunk);
                    continue;
                }

                var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadLayer(cut, chunk));
                Assert.Contains("truncated", error.Problem, StringComparison.Ordinal);
                Assert.Equal(length, error.Offset);
            }
        }
    }

    [Fact]
    public async Task A_layer_ends_behind_content_in_its_padding_and_behind_one_zero_block()
    {
        var archive = new RawTar().Header("a", '0', 3).Content("abc").Header("d/", '5').Pax(("path", "long")).Header("b", '0', 600).Content(new string('b', 600)).End();
        await EndsOnlyAt(archive, (0, 0), (515, 1024), (1536, 1536), (3672, 4096), (4608, 4608), (5120, 5120));
    }

    [Fact]
    public async Task A_layer_ends_behind_a_global_header_and_behind_a_link_with_or_without_content()
    {
        var archive = new RawTar().Header("l", '1', 3, link: "t").PaxData("6 a=b\n", 'g').Header("m", '1', 3, link: "t").Content("abc").End();

        // A part of a block behind such a link may be the content or a header: it is never taken for an end.
        await EndsOnlyAt(archive, (0, 0), (512, 512), (1030, 1536), (2048, 2048), (2560, 2560), (3072, 3072), (3584, 3584));
        await EndsOnlyAt(new RawTar().Header("m", '1', 600, link: "t").Content(new string('m', 600)).ToArray(), (0, 0), (512, 512), (1112, 1536));
    }

    [Fact]
    public async Task An_extended_header_needs_its_member_at_every_kind_of_end()
    {
        await EndsOnlyAt(new RawTar().Header("n", '0').Pax(("path", "long")).ToArray(), (0, 0), (512, 512));
        await EndsOnlyAt(new RawTar().Header("n", '0').Header("././@LongLink", 'L', 4, Gnu).Content("long").ToArray(), (0, 0), (512, 512));
        await EndsOnlyAt(new RawTar().Header("s", 'S', 0, Gnu, b => b[482] = 1).Content(new byte[512]).ToArray(), (0, 0), (1024, 1024));
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadLayer(new RawTar().Pax(("path", "long")).Content(new byte[512]).ToArray(), 100));
        Assert.Contains("without the member", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_raw_pieces_hold_what_was_there_of_padding_and_end()
    {
        var file = new RawTar().Header("a", '0', 3).Content("abc").ToArray();
        foreach (var chunk in Chunks)
        {
            await Check(file[..515], 0, 0, chunk);
            await Check(file[..700], 185, 0, chunk);
            await Check(file, 509, 0, chunk);
            await Check([.. file, .. new byte[512]], 509, 512, chunk);
            await Check([.. file, .. new byte[1024]], 509, 1024, chunk);
            await Check([.. file, .. new byte[1500]], 509, 1024, chunk);
            await Check([.. file, .. new RawTar().PaxData("6 a=b\n", 'g').Content(new byte[512]).ToArray()], 509, 1536, chunk);
        }

        static async Task Check(byte[] archive, int padding, int header, int chunk)
        {
            var reader = new TarReader(new ChunkedSource(archive, chunk)) { AllowMissingEnd = true };
            Assert.NotNull(await reader.ReadEntryAsync());
            Assert.Null(await reader.ReadEntryAsync());
            Assert.Equal((padding, header), (reader.RawPadding.Length, reader.RawHeader.Length));
        }
    }

    [Fact]
    public async Task Without_leave_to_do_so_no_archive_lacks_an_end_block()
    {
        var archive = new RawTar().Header("a", '0', 3).Content("abc").PaxData("6 a=b\n", 'g').End();
        for (var length = 0; length < archive.Length; length++) await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(archive[..length], 100));
        Assert.Single(await ReadAsync(archive));
    }

    [Fact]
    public async Task Ignored_global_headers_change_no_member_and_stay_among_the_raw_bytes()
    {
        var archive = new RawTar().PaxData(RawTar.Record("uid", "5") + RawTar.Record("SCHILY.xattr.user.a", "v"), 'g').Header("first", '0')
            .PaxData("no record at all", 'g').Header("second", '0', 3).Content("abc")
            .PaxData(RawTar.Record("path", "other"), 'g').End();
        foreach (var chunk in Chunks)
        {
            var read = await ReadLayer(archive, chunk);
            Assert.Equal(["first", "second"], read.Select(m => Latin1(m.Entry.Name)));
            Assert.Equal([1000, 1000], read.Select(m => m.Entry.UserId));
            Assert.All(read, member => Assert.Empty(member.Entry.Xattrs));
            Assert.All(read, member => Assert.Equal(1536, member.RawHeader.Length));
        }

        var applied = await ReadAsync(new RawTar().PaxData(RawTar.Record("uid", "5"), 'g').Header("first", '0').End());
        Assert.Equal(5, applied[0].Entry.UserId);
    }

    [Fact]
    public async Task An_ignored_global_header_takes_the_extended_headers_before_it()
    {
        var read = await ReadLayer(new RawTar().Pax(("path", "lost")).PaxData("6 a=b\n", 'g').Header("n", '0').Pax(("path", "lost")).PaxData("6 a=b\n", 'g').End(), 100);
        Assert.Equal(["n"], read.Select(m => Latin1(m.Entry.Name)));
    }

    [Fact]
    public async Task Ignored_global_headers_without_end_hit_the_limit()
    {
        var raw = new RawTar();
        for (var i = 0; i < 40; i++) raw.PaxData(new string('c', 250_000), 'g');
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadLayer(raw.Header("n", '0').End(), 1 << 16));
        Assert.Contains("accepted", error.Problem, StringComparison.Ordinal);
    }

    /// <summary>The reading itself (<see cref="TarDump.ReadAsync(TarReader, byte[])"/>) compares the raw pieces with the stream.</summary>
    [Fact]
    public async Task Whatever_is_accepted_adds_up_to_the_stream()
    {
        var random = new Random(20260115);
        var accepted = 0;
        for (var i = 0; i < 3000; i++)
        {
            var archive = await Random(random);
            if (random.Next(2) > 0) archive = archive[..random.Next(archive.Length + 1)];
            else archive = [.. archive, .. new byte[random.Next(3000)]];
            var reader = new TarReader(new ChunkedSource(archive, random.Next(3) == 0 ? 1 : random.Next(1, 3000))) { AllowMissingEnd = random.Next(5) > 0, IgnoreGlobalHeaders = random.Next(2) == 0 };
            try
            {
                await ReadAsync(reader, archive);
                accepted++;
            }
            catch (CorruptFormatException error) when (error.Problem.Contains("truncated", StringComparison.Ordinal))
            {
            }
        }

        Assert.InRange(accepted, 800, 2400);
    }

    /// <summary>Members of every kind between global headers and links with content, and an end of no, one or two blocks.</summary>
    private static async Task<byte[]> Random(Random random)
    {
        var raw = new RawTar();
        var archive = new MemoryStream();
        for (var count = random.Next(4); count >= 0; count--)
        {
            switch (random.Next(4))
            {
                case 0:
                    raw.PaxData(RawTar.Record("comment", new string('c', random.Next(1000))), 'g');
                    break;
                case 1:
                    var size = random.Next(1, 1500);
                    raw.Header("link", '1', size, link: "t").Content(new string('c', size));
                    break;
                default:
                    archive.Write(raw.ToArray());
                    raw = new RawTar();
                    archive.Write((await WriteAsync([TarRandom.Member(random)])).AsSpan()[..^1024]);
                    break;
            }
        }

        archive.Write(raw.ToArray());
        archive.Write(new byte[512 * random.Next(3)]);
        return archive.ToArray();
    }
}
