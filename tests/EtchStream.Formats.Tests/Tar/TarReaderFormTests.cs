using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Every form of header, block by block.</summary>
public sealed class TarReaderFormTests
{
    private const string Gnu = "ustar  \0";

    private static async Task<ReadMember> Single(byte[] archive)
    {
        var one = Assert.Single(await ReadAsync(archive, 1));
        Assert.Equal(Describe(one.Entry), Describe(Assert.Single(await ReadAsync(archive, 1 << 16)).Entry));
        return one;
    }

    [Fact]
    public async Task V7_has_files_and_a_slash_for_directories()
    {
        var read = await ReadAsync(new RawTar().Header("d/", '\0', magic: "").Header("d/f", '\0', 3, "").Content("abc").End());
        Assert.Equal([FileKind.Directory, FileKind.File], read.Select(m => m.Entry.Kind));
        Assert.Equal("abc"u8.ToArray(), read[1].Content);
        Assert.Equal((1000L, 100L, 0x1A4, 1_700_000_000L), (read[1].Entry.UserId, read[1].Entry.GroupId, read[1].Entry.Mode, read[1].Entry.ModificationTime.Seconds));
    }

    [Theory]
    [InlineData('\0', FileKind.Directory, FileKind.Directory)]
    [InlineData('0', FileKind.Directory, FileKind.File)]
    [InlineData('7', FileKind.Directory, FileKind.File)]
    [InlineData('5', FileKind.Directory, FileKind.Directory)]
    [InlineData('6', FileKind.Fifo, FileKind.Fifo)]
    public async Task A_slash_marks_a_directory_in_a_file_of_any_type_or_as_Go_has_it_of_type_NUL(char type, FileKind kind, FileKind kindInGo)
    {
        var archive = new RawTar().Header("name/", type).End();
        Assert.Equal(kind, (await Single(archive)).Entry.Kind);
        var one = Assert.Single(await ReadAsync(ReaderAsGo(archive), archive));
        Assert.Equal((kindInGo, "name/"), (one.Entry.Kind, Latin1(one.Entry.Name)));
    }

    [Fact]
    public async Task A_file_with_a_slash_can_have_content_as_Go_has_it()
    {
        var archive = new RawTar().Header("name/", '0', 3).Content("abc").Pax(("path", "other/")).Header("x", '0', 600).Content(new string('x', 600)).Header("after", '0').End();
        var read = await ReadAsync(ReaderAsGo(archive), archive);
        Assert.Equal(["name/", "other/", "after"], read.Select(m => Latin1(m.Entry.Name)));
        Assert.Equal([3, 600, 0], read.Select(m => m.Content.Length));
        Assert.All(read, m => Assert.Equal(FileKind.File, m.Entry.Kind));
        Assert.Contains("name of a directory", (await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(archive))).Problem, StringComparison.Ordinal);

        archive = new RawTar().Header("name/", '\0', 3).Content("abc").End();
        await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(ReaderAsGo(archive), archive));
    }

    private static TarReader ReaderAsGo(byte[] archive) => new(new ChunkedSource(archive, 100)) { FolderSlashNeedsNulType = true };

    [Fact]
    public async Task Ustar_joins_prefix_and_name_also_where_neither_ends_in_NUL()
    {
        var (prefix, name) = (new string('p', 155), new string('n', 100));
        var one = await Single(new RawTar().Header(name, '0', edit: b => RawTar.Put(b, 345, prefix)).End());
        Assert.Equal($"{prefix}/{name}", Latin1(one.Entry.Name));
    }

    [Fact]
    public async Task A_GNU_header_has_times_where_ustar_has_its_prefix()
    {
        var one = await Single(new RawTar().Header("n", '0', magic: Gnu, edit: b => RawTar.Put(b, 345, "14524770000\0")).End());
        Assert.Equal("n", Latin1(one.Entry.Name));
    }

    [Fact]
    public async Task A_star_header_has_times_in_the_last_bytes_of_the_prefix()
    {
        var one = await Single(new RawTar().Header("n", '0', edit: b =>
        {
            RawTar.Put(b, 345, new string('p', 131));
            RawTar.Put(b, 476, "14524770000 14524770000 ");
            RawTar.Put(b, 508, "tar\0");
        }).End());
        Assert.Equal(new string('p', 131) + "/n", Latin1(one.Entry.Name));
    }

    [Fact]
    public async Task GNU_long_names_and_links_replace_those_of_the_header()
    {
        var (name, link) = (new string('n', 4000), new string('k', 600));
        var one = await Single(new RawTar()
            .Header("././@LongLink", 'K', link.Length + 1, Gnu).Content(link + "\0")
            .Header("././@LongLink", 'L', name.Length + 1, Gnu).Content(name + "\0")
            .Header(name[..100], '2', magic: Gnu, link: link[..100]).End());
        Assert.Equal((name, link), (Latin1(one.Entry.Name), Latin1(one.Entry.LinkName)));
    }

    [Theory]
    [InlineData("80 00 00 00 00 00 00 00 00 00 00 01", 1)]
    [InlineData("80 00 00 00 7F FF FF FF FF FF FF FF", long.MaxValue)]
    [InlineData("FF FF FF FF FF FF FF FF FF FF FF FE", -2)]
    [InlineData("FF FF FF FF 80 00 00 00 00 00 00 00", long.MinValue)]
    public async Task Base_256_numbers_reach_over_64_bits(string bytes, long expected)
    {
        var one = await Single(new RawTar().Header("n", '0', magic: Gnu, edit: b => Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)).CopyTo(b, 136)).End());
        Assert.Equal(expected, one.Entry.ModificationTime.Seconds);
    }

    [Theory]
    [InlineData("80 00 00 00 80 00 00 00 00 00 00 00")]
    [InlineData("80 00 00 01 00 00 00 00 00 00 00 00")]
    [InlineData("FF FF FF FF 7F FF FF FF FF FF FF FF")]
    public async Task Base_256_numbers_beyond_64_bits_are_corrupt(string bytes)
    {
        var archive = new RawTar().Header("n", '0', magic: Gnu, edit: b => Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)).CopyTo(b, 136)).End();
        var error = await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(archive));
        Assert.Contains("modification time", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("   644 \0", 0x1A4)]
    [InlineData("00000644", 0x1A4)]
    [InlineData("644\0zzzz", 0x1A4)]
    [InlineData("        ", 0)]
    [InlineData("\0\0\0\0\0\0\0\0", 0)]
    [InlineData("100644 \0", 0x1A4)]
    public async Task Octal_fields_are_read_in_every_writers_spelling(string field, int mode) =>
        Assert.Equal(mode, (await Single(new RawTar().Header("n", '0', edit: b => RawTar.Put(b, 100, field)).End())).Entry.Mode);

    [Fact]
    public async Task The_checksum_may_be_summed_signed()
    {
        var archive = new RawTar().Header("n\u00FF\u00FE", '0').End();
        RawTar.Seal(archive.AsSpan(0, 512), signed: true);
        Assert.Equal("n\u00FF\u00FE", Latin1((await Single(archive)).Entry.Name));
    }

    [Fact]
    public async Task PAX_values_come_byte_by_byte()
    {
        var all = Latin1([.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        var one = await Single(new RawTar().Pax(
            ("hdrcharset", "BINARY"), ("path", "p\n=\u00FF"), ("linkpath", "l"), ("uid", "4294967294"), ("gid", "2097152"), ("mtime", "-1.25"),
            ("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0  \u0080\0"), ("SCHILY.xattr.user.all", all), ("SCHILY.xattr.user.empty", ""),
            ("SCHILY.xattr.user.a%3Db%25c%2F", "x"), ("SCHILY.acl.access", "user::rwx\n"), ("SCHILY.acl.default", ""), ("comment", "ignored\0\n"))
            .Header("n", '2', link: "x").End());
        Assert.Equal("p\n=\u00FF", Latin1(one.Entry.Name));
        Assert.Equal("l", Latin1(one.Entry.LinkName));
        Assert.Equal((4294967294, 2097152), (one.Entry.UserId, one.Entry.GroupId));
        Assert.Equal(new UnixTime(-2, 750_000_000), one.Entry.ModificationTime);
        Assert.Equal(
            ["security.capability=\u0001\0\0\u0002\0  \u0080\0", "user.all=" + all, "user.empty=", "user.a=b%c%2F=x"],
            one.Entry.Xattrs.Select(x => $"{Latin1(x.Name)}={Latin1(x.Value)}"));
        Assert.Equal("user::rwx\n", Latin1(one.Entry.AclAccess!));
        Assert.Null(one.Entry.AclDefault);
    }

    [Fact]
    public async Task Attributes_of_libarchive_count_where_star_has_none_of_that_name()
    {
        var one = await Single(new RawTar().Pax(
            ("LIBARCHIVE.xattr.user.b%3D%41", "AP+A"), ("LIBARCHIVE.xattr.user.a", "Yg"), ("SCHILY.xattr.user.a", "c"), ("RHT.security.selinux", "label")).Header("n", '0').End());
        Assert.Equal(["user.a=c", "user.b=A=\0\u00FF\u0080", "security.selinux=label\0"], one.Entry.Xattrs.Select(x => $"{Latin1(x.Name)}={Latin1(x.Value)}"));
    }

    [Fact]
    public async Task Global_records_last_until_replaced_and_an_empty_value_takes_one_back()
    {
        var read = await ReadAsync(new RawTar()
            .PaxData(RawTar.Record("uid", "7") + RawTar.Record("mtime", "5.5") + RawTar.Record("SCHILY.xattr.user.g", "1"), 'g')
            .Header("a", '0')
            .Pax(("uid", ""), ("mtime", "6")).Header("b", '0')
            .PaxData(RawTar.Record("mtime", ""), 'g').Header("c", '0').End());
        Assert.Equal([7L, 1000L, 7L], read.Select(m => m.Entry.UserId));
        Assert.Equal([new UnixTime(5, 500_000_000), new UnixTime(6), new UnixTime(1_700_000_000)], read.Select(m => m.Entry.ModificationTime));
        Assert.All(read, m => Assert.Single(m.Entry.Xattrs));
    }

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("12.", 12, 0)]
    [InlineData("12.000000001", 12, 1)]
    [InlineData("12.9999999999", 12, 999_999_999)]
    [InlineData("-0.5", -1, 500_000_000)]
    [InlineData("-1.0000000001", -2, 999_999_999)]
    [InlineData("-9223372036854775808", long.MinValue, 0)]
    public async Task Times_are_rounded_down_to_the_nanosecond(string text, long seconds, int nanoseconds) =>
        Assert.Equal(new UnixTime(seconds, nanoseconds), (await Single(new RawTar().Pax(("mtime", text)).Header("n", '0').End())).Entry.ModificationTime);

    [Theory]
    [InlineData("")]
    [InlineData("GNU.sparse.name")]
    public async Task Sparse_0_0_and_0_1_have_the_map_in_their_records(string nameKey)
    {
        (string, string)[] map = nameKey.Length == 0
            ? [("GNU.sparse.numblocks", "3"), ("GNU.sparse.offset", "512"), ("GNU.sparse.numbytes", "2"), ("GNU.sparse.offset", "9000000000"), ("GNU.sparse.numbytes", "1"), ("GNU.sparse.offset", "9000000005"), ("GNU.sparse.numbytes", "0")]
            : [("GNU.sparse.numblocks", "3"), (nameKey, "true"), ("GNU.sparse.map", "512,2,9000000000,1,9000000005,0")];
        var one = await Single(new RawTar().Pax([("GNU.sparse.size", "9000000005"), .. map]).Header("n", '0', 3).Content("abc").End());
        Assert.Equal(nameKey.Length == 0 ? "n" : "true", Latin1(one.Entry.Name));
        AssertSparse(one);
    }

    [Fact]
    public async Task Sparse_1_0_has_the_map_in_front_of_the_content()
    {
        var map = "3\n512\n2\n9000000000\n1\n9000000005\n0\n";
        var one = await Single(new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "true"), ("GNU.sparse.realsize", "9000000005"))
            .Header("GNUSparseFile.0/n", '0', 515).Content(map).Content("abc").End());
        AssertSparse(one);
        Assert.Equal(2048, one.RawHeader.Length);
    }

    [Fact]
    public async Task A_sparse_1_0_map_may_break_anywhere_at_its_block_boundaries()
    {
        for (var digits = 1; digits < 12; digits++)
        {
            // 120 entries of growing numbers: some number lies across each of the block boundaries.
            var runs = Enumerable.Range(0, 120).Select(i => new DataRun((i * 1000L) + (long)Math.Pow(10, digits), 1)).ToArray();
            var archive = await WriteAsync(File("s", runs[^1].End + 10, runs), new byte[120]);
            Assert.Equal(runs, (await Single(archive)).Entry.DataRuns);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(90)]
    public async Task Old_GNU_sparse_headers_go_on_in_extension_blocks(int entries)
    {
        var raw = new RawTar();
        var maps = Enumerable.Range(0, entries).Select(i => RawTar.Octal(i * 1024) + "\0" + RawTar.Octal(2) + "\0").ToArray();
        raw.Header("s", 'S', entries * 2, Gnu, b =>
        {
            RawTar.Put(b, 386, string.Concat(maps.Take(4)));
            b[482] = (byte)(entries > 4 ? 1 : 0);
            RawTar.Put(b, 483, RawTar.Octal(1 << 20));
        });
        for (var next = 4; next < entries; next += 21)
        {
            var block = new byte[512];
            RawTar.Put(block, 0, string.Concat(maps.Skip(next).Take(21)));
            block[504] = (byte)(next + 21 < entries ? 1 : 0);
            raw.Content(block);
        }

        var one = await Single(raw.Content(new string('x', entries * 2)).End());
        Assert.Equal(1 << 20, one.Entry.Size);
        Assert.Equal(Enumerable.Range(0, entries).Select(i => new DataRun(i * 1024, 2)), one.Entry.DataRuns);
        Assert.Equal(entries * 2, one.Content.Length);
    }

    [Fact]
    public async Task A_volume_label_is_passed_over()
    {
        var one = await Single(new RawTar().Header("label", 'V', magic: Gnu).Header("n", '0', magic: Gnu).End());
        Assert.Equal(("n", 512L), (Latin1(one.Entry.Name), one.Entry.HeaderOffset));
        Assert.Equal(1024, one.RawHeader.Length);
    }

    [Theory]
    [InlineData('2')]
    [InlineData('3')]
    [InlineData('5')]
    [InlineData('6')]
    public async Task What_is_no_file_has_no_content_whatever_its_size_says(char type)
    {
        var read = await ReadAsync(new RawTar().Header("n", type, 5000, link: type == '2' ? "x" : "").Header("f", '0').End());
        Assert.Equal(["n", "f"], read.Select(m => Latin1(m.Entry.Name)));
        Assert.Equal(0, read[0].Entry.Size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    public async Task The_size_of_a_hard_link_counts_only_if_content_follows(int chunk)
    {
        foreach (var size in new[] { 5, 511, 512, 513, 3000 })
        {
            var content = new string('c', size);
            var read = await ReadAsync(new RawTar()
                .Header("informative", '1', size, link: "t").Header("gnu", '1', size, Gnu, link: "t").Header("before", '0')
                .Header("stored", '1', size, link: "t").Content(content).Header("after", '0', 1).Content("a")
                .Header("last", '1', size, link: "t").End(), chunk);
            Assert.Equal(["informative", "gnu", "before", "stored", "after", "last"], read.Select(m => Latin1(m.Entry.Name)));
            Assert.Equal([0, 0, 0, size, 1, 0], read.Select(m => m.Content.Length));
            Assert.Equal(content, Latin1(read[3].Content));
        }
    }

    [Fact]
    public async Task The_stored_content_of_a_hard_link_can_be_skipped()
    {
        foreach (var size in new[] { 5, 512, 3000 })
        {
            var archive = new RawTar().Header("stored", '1', size, link: "t").Content(new string('c', size)).Header("after", '0').End();
            var reader = new TarReader(new ChunkedSource(archive, 100));
            Assert.NotNull(await reader.ReadEntryAsync());
            var after = await reader.ReadEntryAsync();
            Assert.Equal("after", Latin1(after!.Name));
            Assert.Equal((512 - (size % 512)) % 512, reader.RawPadding.Length);
            Assert.Equal(512 + ((size + 511) / 512 * 512), after.HeaderOffset);
        }
    }

    [Fact]
    public async Task Whatever_follows_the_end_is_drained()
    {
        var archive = new RawTar().Header("n", '0').End();
        byte[] longer = [.. archive, .. new byte[7000], 1, 2, 3];
        Assert.Single(await ReadAsync(longer, 100));
    }

    [Fact]
    public async Task An_archive_of_two_zero_blocks_is_empty() => Assert.Empty(await ReadAsync(new byte[1024]));

    private static void AssertSparse(ReadMember one)
    {
        Assert.Equal([new DataRun(512, 2), new DataRun(9_000_000_000, 1)], one.Entry.DataRuns);
        Assert.Equal((9_000_000_005, 3L), (one.Entry.Size, one.Entry.ContentLength));
        Assert.Equal("abc", Latin1(one.Content));
    }
}
