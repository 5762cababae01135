using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>What <see cref="TarWriter"/> writes, <see cref="TarReader"/> reads back the same.</summary>
public sealed class TarRoundTripTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(65536)]
    public async Task Entries_of_every_kind_come_back_however_the_source_is_cut(int chunk)
    {
        var members = EveryKind();
        var archive = await WriteAsync(members);
        var read = await ReadAsync(archive, chunk);
        Assert.Equal(members.Select(m => Describe(m.Entry)), read.Select(m => Describe(m.Entry)));
        Assert.Equal(members.Select(m => Convert.ToHexString(m.Content)), read.Select(m => Convert.ToHexString(m.Content)));
    }

    [Fact]
    public async Task Content_that_nobody_reads_is_skipped()
    {
        var members = EveryKind();
        foreach (var chunk in new[] { 1, 700, 65536 })
        {
            var reader = new TarReader(new ChunkedSource(await WriteAsync(members), chunk));
            foreach (var (entry, content) in members)
            {
                var read = await reader.ReadEntryAsync();
                Assert.Equal(Describe(entry), Describe(read!));
                if (content.Length > 1) Assert.False((await reader.ReadContentAsync()).IsEmpty);
            }

            Assert.Null(await reader.ReadEntryAsync());
        }
    }

    [Fact]
    public async Task A_thousand_random_archives_come_back()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 1000; i++)
        {
            var members = Enumerable.Range(0, random.Next(1, 6)).Select(_ => TarRandom.Member(random)).ToList();
            var read = await ReadAsync(await WriteAsync(members), random.Next(1, 3000));
            Assert.Equal(members.Select(m => Describe(m.Entry)), read.Select(m => Describe(m.Entry)));
            Assert.Equal(members.Select(m => Convert.ToHexString(m.Content)), read.Select(m => Convert.ToHexString(m.Content)));
        }
    }

    [Fact]
    public async Task The_same_entries_give_the_same_bytes() =>
        Assert.Equal(await WriteAsync(EveryKind()), await WriteAsync(EveryKind()));

    internal static List<(TarEntry Entry, byte[] Content)> EveryKind()
    {
        var content = Enumerable.Range(0, 1500).Select(i => (byte)(i * 7)).ToArray();
        return
        [
            (new TarEntry { Name = "dir/"u8.ToArray(), Kind = FileKind.Directory, Mode = 0x1ED, UserId = 0x1F_FFFF, GroupId = 1000 }, []),
            (File("dir/plain", 1500), content),
            (File("dir/empty"), []),
            (File("dir/block", 512), content[..512]),
            (new TarEntry { Name = "dir/link"u8.ToArray(), Kind = FileKind.SymbolicLink, LinkName = "plain"u8.ToArray(), Mode = 0x1FF }, []),
            (new TarEntry { Name = "dir/hard"u8.ToArray(), Kind = FileKind.HardLink, LinkName = "dir/plain"u8.ToArray() }, []),
            (new TarEntry { Name = "c"u8.ToArray(), Kind = FileKind.CharacterDevice, DeviceMajor = 0xFFF, DeviceMinor = 0xFFFFF }, []),
            (new TarEntry { Name = "b"u8.ToArray(), Kind = FileKind.BlockDevice, DeviceMajor = uint.MaxValue, DeviceMinor = uint.MaxValue }, []),
            (new TarEntry { Name = "p"u8.ToArray(), Kind = FileKind.Fifo, Mode = 0xFFF }, []),
            (File(new string('n', 100)), []),
            (File(new string('p', 155) + "/" + new string('n', 100)), []),
            (File(new string('p', 156) + "/" + new string('n', 100)), []),
            (File(new string('n', 101)), []),
            (File(new string('n', 4095), 3), content[..3]),
            (File("Gr\u00C3\u00BC\u00C3\u009Fe"), []),
            (File("raw\u00FF\u00FE"), []),
            (File(new string('\u00FF', 300), 2000, [new DataRun(1000, 1000)]), content[..1000]),
            (File("\u00FF", 2000, [new DataRun(1000, 1000)]), content[..1000]),
            (new TarEntry { Name = Bytes(new string('\u00FE', 200)), Kind = FileKind.SymbolicLink, LinkName = Bytes(new string('\u00FF', 101)) }, []),
            (new TarEntry { Name = "l"u8.ToArray(), Kind = FileKind.SymbolicLink, LinkName = Bytes(new string('t', 101)) }, []),
            (new TarEntry
            {
                Name = "all"u8.ToArray(), Kind = FileKind.File, Mode = 0x1ED, UserId = 4_000_000_000, GroupId = 0x20_0000,
                ModificationTime = new UnixTime(-2, 250_000_000), Size = 3,
                Xattrs = [new Xattr("security.capability"u8.ToArray(), [1, 0, 0, 2, 0, 0x20, 0x80, 0, 10, 0x3D]), new Xattr("user.a=b%c%3D"u8.ToArray(), []), new Xattr("user.nl"u8.ToArray(), "\n\n"u8.ToArray())],
                AclAccess = "user::rw-,user:7:r--,group::r--,mask::r--,other::---"u8.ToArray(), AclDefault = "user::rwx,group::r-x,other::r-x"u8.ToArray(),
            }, content[..3]),
            (File("sparse", 10_000_000_000_000, [new DataRun(4096, 1000), new DataRun(9_000_000_000_000, 500)]), content),
            (File("hole", 1L << 40, []), []),
            (File("sparse-to-the-end", 2000, [new DataRun(1000, 1000)]), content[..1000]),
            (new TarEntry { Name = "late"u8.ToArray(), Kind = FileKind.File, ModificationTime = new UnixTime(0x2_0000_0000) }, []),
            (new TarEntry { Name = "min"u8.ToArray(), Kind = FileKind.File, ModificationTime = new UnixTime(long.MinValue, 0) }, []),
            (new TarEntry { Name = "max"u8.ToArray(), Kind = FileKind.File, ModificationTime = new UnixTime(long.MaxValue, 999_999_999) }, []),
        ];
    }
}
