using EtchStream.Formats.Tar;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>What is wrong is said, with the place where it is.</summary>
public sealed class TarReaderErrorTests
{
    private const string Gnu = "ustar  \0";

    private static async Task Corrupt(byte[] archive, long offset, string problem)
    {
        foreach (var chunk in new[] { 1, 512, 1 << 16 })
        {
            var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(archive, chunk));
            Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
            Assert.Equal(offset, error.Offset);
        }
    }

    [Fact]
    public async Task A_stream_that_ends_anywhere_before_its_end_blocks_is_truncated()
    {
        var archive = await WriteAsync(TarRoundTripTests.EveryKind());
        for (var length = 0; length < archive.Length; length += length % 512 == 0 ? 1 : 511)
        {
            var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(archive[..length]));
            Assert.Contains("truncated", error.Problem, StringComparison.Ordinal);
            Assert.Equal(length, error.Offset);
        }
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_header_is_noticed()
    {
        var archive = new RawTar().Header("first", '0', 3).Content("abc").Header("name", '0', 3).Content("abc").End();
        for (var bit = 0; bit < 512 * 8; bit++)
        {
            // The checksum's own two closing bytes carry nothing, and its first zero can turn into a space.
            if (bit / 8 is 154 or 155 || bit == (148 * 8) + 4) continue;
            var damaged = (byte[])archive.Clone();
            damaged[1024 + (bit / 8)] ^= (byte)(1 << (bit % 8));
            var error = await Record.ExceptionAsync(() => ReadAsync(damaged));
            Assert.True(error is CorruptFormatException { Offset: 1024 }, $"bit {bit}: {error}");
        }
    }

    [Fact]
    public Task A_lone_zero_block_is_no_end() => Corrupt(new RawTar().Header("a", '0').Content(new byte[512]).Header("b", '0').End(), 1024, "lone zero block");

    [Fact]
    public Task An_extended_header_describes_a_member() => Corrupt(new RawTar().Pax(("uid", "1")).End(), 1024, "without the member");

    [Theory]
    [InlineData("path=x\n")]
    [InlineData("x path=x\n")]
    [InlineData("10path=x\n")]
    [InlineData("99 path=x\n")]
    [InlineData("8 path=x\n")]
    [InlineData("12 path=x\n\n")]
    [InlineData("10 path=xy")]
    [InlineData("3 \n")]
    [InlineData("2 \n")]
    [InlineData("0 \n")]
    [InlineData("7 abc\n\n")]
    [InlineData("6 =x\n\n")]
    [InlineData("999999999999999999999 path=x\n")]
    [InlineData("18446744073709551626 path=x\n")]
    [InlineData("10")]
    [InlineData("-5 a=b\n")]
    [InlineData("11 mtime=1e\n")]
    [InlineData("11 mtime=.5\n")]
    [InlineData("12 mtime=1.x\n")]
    [InlineData("11 mtime=+5\n")]
    [InlineData("28 size=9223372036854775808\n")]
    [InlineData("10 size=-\n")]
    [InlineData("10 path=\0\n")]
    [InlineData("19 SCHILY.xattr.=x\n")]
    [InlineData("26 LIBARCHIVE.xattr.a=*Yg\n")]
    [InlineData("26 LIBARCHIVE.xattr.%4=Yg\n")]
    public Task A_broken_record_is_corrupt(string data) => Corrupt(new RawTar().PaxData(data).Header("n", '0').End(), 512, "");

    [Fact]
    public Task The_record_that_is_broken_is_pointed_at() =>
        Corrupt(new RawTar().PaxData(RawTar.Record("path", "ok") + "9 uid=1x\n").Header("n", '0').End(), 512 + 11, "uid is not a number");

    [Theory]
    [InlineData("5,1,3,1", "overlaps")]
    [InlineData("0,2,1,1", "overlaps")]
    [InlineData("0,5,99,1", "reaches to byte 100")]
    [InlineData("0,5", "hold 5 bytes")]
    [InlineData("9223372036854775807,3", "no file can hold")]
    [InlineData("0,-3", "negative")]
    [InlineData("-1,3", "negative")]
    [InlineData("0,3,", "ends in a comma")]
    [InlineData("0", "not followed")]
    [InlineData("0,3x", "not a number")]
    [InlineData("0,99999999999999999999", "not a number")]
    public async Task A_sparse_map_has_to_fit_its_file(string map, string problem)
    {
        var records = new[] { ("GNU.sparse.size", "50"), ("GNU.sparse.map", map) };
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(new RawTar().Pax(records).Header("n", '0', 3).Content("abc").End()));
        Assert.Equal("tar sparse map", error.Structure);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);

        // The same in front of the content.
        var numbers = map.Split(',');
        var text = string.Concat(numbers.Select(n => n + "\n"));
        error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(new RawTar()
            .Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "50"))
            .Header("n", '0', 515).Content($"{(numbers.Length + 1) / 2}\n{text}").Content("abc").End()));
        Assert.Equal("tar sparse map", error.Structure);
    }

    [Fact]
    public async Task A_map_in_front_of_the_content_ends_within_what_is_stored()
    {
        RawTar Start(long stored) => new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "50")).Header("n", '0', stored);
        await Corrupt(Start(100).Content("0\n").End(), 1536, "longer than what the member stores");
        await Corrupt(Start(512).Content("1").End(), 1536, "not a number");
        await Corrupt(Start(5120).Content(new string('1', 512)).End(), 1536, "not a number");
        await Corrupt(Start(5120).Content("1000001\n").End(), 1536, "more than");
        await Corrupt(Start(5120).Content("-1\n").End(), 1536, "not a number");
    }

    [Fact]
    public async Task Old_GNU_extension_blocks_may_not_go_on_without_entries()
    {
        var raw = new RawTar().Header("s", 'S', 0, Gnu, b => b[482] = 1);
        var block = new byte[512];
        block[504] = 1;
        await Corrupt(raw.Content(block).Content(block).End(), 512, "says that another follows");
    }

    [Fact]
    public async Task Sizes_that_cannot_be_are_refused_before_anything_is_reserved()
    {
        static Action<byte[]> Size(string hex) => b => Convert.FromHexString(hex).CopyTo(b, 124);
        await Corrupt(new RawTar().Header("n", '0', edit: Size("FFFFFFFFFFFFFFFFFFFFFFFF")).End(), 0, "negative");
        await Corrupt(new RawTar().Header("n", 'x', edit: Size("80000000" + "7FFFFFFFFFFFFFFF")).End(), 0, "accepted");
        await Corrupt(new RawTar().Header("n", 'x', edit: Size("FFFFFFFF" + "8000000000000000")).End(), 0, "negative");
        await Corrupt(new RawTar().Header("n", 'L', TarLimits.MaxNameLength + 2).End(), 0, "longer than");
        await Corrupt(new RawTar().Header("n", 'x', TarLimits.MaxExtensionBytes).End(), 0, "accepted");
        await Corrupt(new RawTar().Header("n/", '0', 5).Content("abcde").End(), 0, "directory");
        await Corrupt(new RawTar().Header("n", 'V', 5).Content("abcde").End(), 0, "volume label");

        var huge = new RawTar().Header("n", '0', edit: Size("80000000" + "7FFFFFFFFFFFFFFF")).End();
        await Corrupt(huge, huge.Length, "truncated");
    }

    [Fact]
    public async Task Extension_headers_without_end_hit_the_limit()
    {
        var raw = new RawTar();
        for (var i = 0; i < 40; i++) raw.PaxData(RawTar.Record("comment", new string('c', 250_000)), i % 2 == 0 ? 'x' : 'g');
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(raw.Header("n", '0').End(), 1 << 16));
        Assert.Contains("accepted", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attributes_that_global_headers_pile_up_hit_the_limit()
    {
        var raw = new RawTar();
        for (var i = 0; i < 6; i++) raw.PaxData(RawTar.Record($"SCHILY.xattr.user.{i}", new string('v', 2_000_000)), 'g').Header("n", '0');
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(raw.End(), 1 << 16));
        Assert.Contains("bytes of extended attributes", error.Problem, StringComparison.Ordinal);

        var many = string.Concat(Enumerable.Range(0, TarLimits.MaxXattrs + 1).Select(i => RawTar.Record($"SCHILY.xattr.user.{i}", "")));
        error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(new RawTar().PaxData(many).Header("n", '0').End()));
        Assert.Contains("more than 1024 extended attributes", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('D', "'D'")]
    [InlineData('N', "'N'")]
    [InlineData('A', "'A'")]
    [InlineData('X', "'X'")]
    [InlineData('8', "'8'")]
    [InlineData('\u0001', "0x01")]
    [InlineData('M', "another volume")]
    public async Task Other_kinds_of_members_are_named_as_unsupported(char type, string named)
    {
        var error = await Assert.ThrowsAsync<UnsupportedFormatException>(() => ReadAsync(new RawTar().Header("n", type).End()));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GNU.sparse.major", "2")]
    [InlineData("GNU.volume.filename", "f")]
    [InlineData("SCHILY.realsize", "99")]
    public async Task Unknown_forms_are_named_as_unsupported(string key, string value) =>
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => ReadAsync(new RawTar().Pax((key, value)).Header("n", '0').End()));

    [Fact]
    public async Task Members_lack_neither_name_nor_target()
    {
        await Corrupt(new RawTar().Header("", '0').End(), 0, "no name");
        await Corrupt(new RawTar().Header("n", '2').End(), 0, "without a target");
        await Corrupt(new RawTar().Header("n", '1').End(), 0, "without a target");
    }

    [Fact]
    public async Task After_an_error_the_reader_refuses_to_go_on()
    {
        var reader = new TarReader(new ChunkedSource(new RawTar().Header("", '0').End(), 600));
        await Assert.ThrowsAsync<CorruptFormatException>(async () => await reader.ReadEntryAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadEntryAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.ReadContentAsync());
    }
}
