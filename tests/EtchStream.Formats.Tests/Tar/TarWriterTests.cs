using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Which form the writer chooses, and what it refuses.</summary>
public sealed class TarWriterTests
{
    [Fact]
    public async Task What_fits_ustar_takes_one_block_and_the_archive_ends_after_two_zero_blocks()
    {
        var archive = await WriteAsync(new TarEntry { Name = Bytes(new string('p', 155) + "/" + new string('n', 100)), Kind = FileKind.File, UserId = 0x1F_FFFF, ModificationTime = new UnixTime(0x1_FFFF_FFFF) });
        Assert.Equal(512 + 1024, archive.Length);
    }

    [Theory]
    [InlineData(0, "15 uid=2097152\n")]
    [InlineData(1, "16 mtime=0.0625\n")]
    [InlineData(2, "111 path=")]
    public async Task What_does_not_fit_adds_just_that_record(int which, string record)
    {
        var entry = which switch
        {
            0 => new TarEntry { Name = "n"u8.ToArray(), Kind = FileKind.File, UserId = 0x20_0000 },
            1 => new TarEntry { Name = "n"u8.ToArray(), Kind = FileKind.File, ModificationTime = new UnixTime(0, 62_500_000) },
            _ => new TarEntry { Name = Bytes(new string('n', 101)), Kind = FileKind.File },
        };
        var archive = await WriteAsync(entry);
        Assert.Equal((byte)'x', archive[156]);
        var text = Latin1(archive[512..1024]).TrimEnd('\0');
        Assert.StartsWith(record, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(91)]
    [InlineData(92)]
    [InlineData(93)]
    [InlineData(990)]
    [InlineData(991)]
    [InlineData(992)]
    [InlineData(9990)]
    public async Task The_length_of_a_record_counts_its_own_digits(int around)
    {
        for (var length = around; length < around + 8; length++)
        {
            var entry = new TarEntry { Name = "n"u8.ToArray(), Kind = FileKind.File, Xattrs = [new Xattr("user.x"u8.ToArray(), new byte[length - 20])] };
            Assert.Equal(Describe(entry), Describe(Assert.Single(await ReadAsync(await WriteAsync(entry))).Entry));
        }
    }

    [Theory]
    [InlineData(100, '0')]
    [InlineData(101, 'L')]
    public async Task A_name_that_is_not_UTF_8_stays_out_of_the_records(int length, char first)
    {
        var archive = await WriteAsync(File(new string('\u00FF', length)));
        Assert.Equal(first, (char)archive[156]);
        Assert.Equal(0xFF, archive[first == '0' ? 0 : 512]);
    }

    [Fact]
    public async Task A_directory_gets_its_slash() =>
        Assert.Equal("d/", Latin1((await ReadAsync(await WriteAsync(new TarEntry { Name = "d"u8.ToArray(), Kind = FileKind.Directory })))[0].Entry.Name));

    [Fact]
    public async Task Content_goes_through_in_pieces_of_any_size()
    {
        var content = new byte[300_000];
        new Random(5).NextBytes(content);
        foreach (var piece in new[] { 1_000, 16_383, 16_384, 100_000, 300_000 })
        {
            var output = new MemoryStream();
            await using var writer = new TarWriter(output, leaveOpen: true);
            await writer.WriteEntryAsync(File("a", content.Length));
            for (var at = 0; at < content.Length; at += piece) await writer.WriteContentAsync(content.AsMemory(at, Math.Min(piece, content.Length - at)));
            await writer.WriteEntryAsync(File("b", 1));
            await writer.WriteContentAsync(content.AsMemory(0, 1));
            await writer.FinishAsync();
            var read = await ReadAsync(output.ToArray());
            Assert.Equal(content, read[0].Content);
            Assert.Equal(output.Length, writer.Position);
        }
    }

    [Fact]
    public async Task More_or_less_content_than_announced_is_refused()
    {
        await using var writer = new TarWriter(new MemoryStream());
        await writer.WriteEntryAsync(File("a", 3));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteContentAsync(new byte[4]));
        await writer.WriteContentAsync(new byte[2]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteEntryAsync(File("b")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.FinishAsync());
        await writer.WriteContentAsync(new byte[1]);
        await writer.FinishAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.FinishAsync());
    }

    public static TheoryData<string> BadEntries() => [.. Bad.Keys];

    private static readonly Dictionary<string, TarEntry> Bad = new(StringComparer.Ordinal)
    {
        ["no name"] = File(""),
        ["NUL in name"] = File("a\0"),
        ["file with slash"] = File("a/"),
        ["negative size"] = File("a", -1),
        ["link without target"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.SymbolicLink },
        ["target without link"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File, LinkName = "b"u8.ToArray() },
        ["mode"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File, Mode = 0x1000 },
        ["owner"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File, UserId = -1 },
        ["nanoseconds"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File, ModificationTime = new UnixTime(0, 1_000_000_000) },
        ["directory with size"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.Directory, Size = 1 },
        ["xattr without name"] = new TarEntry { Name = "a"u8.ToArray(), Kind = FileKind.File, Xattrs = [new Xattr([], [])] },
        ["overlap"] = File("a", 10, [new DataRun(0, 5), new DataRun(4, 1)]),
        ["beyond"] = File("a", 10, [new DataRun(5, 6)]),
        ["far beyond"] = File("a", 10, [new DataRun(long.MaxValue, 6)]),
    };

    [Theory]
    [MemberData(nameof(BadEntries))]
    public async Task An_entry_that_contradicts_itself_is_a_bug_of_the_caller(string which)
    {
        var output = new MemoryStream();
        await using var writer = new TarWriter(output);
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await writer.WriteEntryAsync(Bad[which]));
        Assert.Equal(0, writer.Position);
    }

    [Fact]
    public async Task A_socket_is_unsupported()
    {
        await using var writer = new TarWriter(new MemoryStream());
        await Assert.ThrowsAsync<UnsupportedFormatException>(async () => await writer.WriteEntryAsync(new TarEntry { Name = "s"u8.ToArray(), Kind = FileKind.Socket }));
        await writer.FinishAsync();
    }
}
