using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Members that another writer composed are taken over as they are.</summary>
public sealed class TarMembersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(512)]
    [InlineData(20_000)]
    [InlineData(1 << 20)]
    public async Task Members_that_were_composed_elsewhere_give_the_archive_that_one_writer_gives(int size)
    {
        var entries = Enumerable.Range(0, 40).Select(i => (Entry: File($"file-{i}", i * 1000), Content: Noise(i * 1000))).ToList();
        var composed = new MemoryStream();
        await using (var elsewhere = new TarWriter(composed, leaveOpen: true))
        {
            foreach (var (entry, content) in entries[10..30]) await WriteAsync(elsewhere, entry, content);
            await elsewhere.FlushAsync();
        }

        var output = new MemoryStream();
        await using var writer = new TarWriter(output, leaveOpen: true);
        foreach (var (entry, content) in entries[..10]) await WriteAsync(writer, entry, content);
        var members = composed.ToArray();
        for (var at = 0; at < members.Length; at += size)
        {
            // From a buffer that is another's again after the call.
            var buffer = members.AsMemory(at, Math.Min(size, members.Length - at)).ToArray();
            await writer.WriteMembersAsync(buffer);
            buffer.AsSpan().Fill(0xEE);
        }

        foreach (var (entry, content) in entries[30..]) await WriteAsync(writer, entry, content);
        await writer.FinishAsync();
        Assert.Equal(output.Length, writer.Position);
        Assert.Equal(await TarDump.WriteAsync(entries), output.ToArray());
    }

    [Fact]
    public async Task Members_may_not_stand_within_a_content_or_behind_the_end()
    {
        await using var writer = new TarWriter(new MemoryStream());
        await writer.WriteEntryAsync(File("a", 2));
        await writer.WriteContentAsync("1"u8.ToArray());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteMembersAsync(new byte[512]));
        await writer.WriteContentAsync("2"u8.ToArray());
        await writer.WriteMembersAsync(default);
        await writer.FinishAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteMembersAsync(new byte[512]));
    }

    [Fact]
    public async Task Extended_attributes_are_those_of_one_form_only_where_that_is_asked_for()
    {
        var archive = new RawTar()
            .Pax(("LIBARCHIVE.xattr.user.a", "bGliYXJjaGl2ZQ"), ("SCHILY.xattr.user.b", "schily"), ("LIBARCHIVE.xattr.user.b", "AA"))
            .Header("f", '0')
            .Pax(("LIBARCHIVE.xattr.user.c", "bGliYXJjaGl2ZQ"))
            .Header("g", '0').End();
        Assert.Equal(["user.a=libarchive user.b=schily", "user.c=libarchive"], await XattrsAsync(archive, schilyOnly: false));
        Assert.Equal(["user.b=schily", ""], await XattrsAsync(archive, schilyOnly: true));
    }

    private static async Task<string[]> XattrsAsync(byte[] archive, bool schilyOnly)
    {
        var members = await ReadAsync(new TarReader(new ChunkedSource(archive, 100)) { SchilyXattrsOnly = schilyOnly }, archive);
        return [.. members.Select(m => string.Join(' ', m.Entry.Xattrs.Select(x => $"{Latin1(x.Name)}={Latin1(x.Value)}").Order(StringComparer.Ordinal)))];
    }

    private static TarEntry File(string name, int size) => new() { Name = Bytes(name), Kind = FileKind.File, Mode = 0x1A4, Size = size };

    private static async Task WriteAsync(TarWriter writer, TarEntry entry, byte[] content)
    {
        await writer.WriteEntryAsync(entry);
        await writer.WriteContentAsync(content);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
