using System.Formats.Tar;
using System.Text;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Layers whose digests are right and whose content is not what a layer is.</summary>
public sealed class HostileLayerTests : ContainerPackTest
{
    private const int Mebibyte = 1 << 20;
    private static readonly byte[] Good = TestImage.LayerTar(1, 300_000);
    private static readonly byte[] GoodBlob = TestImage.Gzip(Good);

    [ToolTheory("mke2fs")]
    [InlineData("truncated gzip")]
    [InlineData("truncated in the header of gzip")]
    [InlineData("gzip with a wrong checksum")]
    [InlineData("gzip with a wrong length")]
    public async Task A_broken_gzip_names_the_layer(string kind)
    {
        byte[] blob = kind switch
        {
            "truncated gzip" => GoodBlob[..^2000],
            "truncated in the header of gzip" => GoodBlob[..7],
            "gzip with a wrong checksum" => [.. GoodBlob[..^8], 1, 2, 3, 4, .. GoodBlob[^4..]],
            _ => [.. GoodBlob[..^4], 1, 2, 3, 4],
        };
        var error = await LayerFailsAsync<CorruptFormatException>(blob, Digest.Sha256(Good));
        Assert.Contains("gzip", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [ToolTheory("mke2fs")]
    [InlineData("another tar")]
    [InlineData("an empty blob")]
    [InlineData("a second gzip member")]
    [InlineData("the tar without its last byte")]
    public async Task A_layer_that_is_not_what_the_config_says_is_a_digest_error(string kind)
    {
        byte[] blob = kind switch
        {
            "another tar" => TestImage.Gzip(TestImage.LayerTar(2)),
            "an empty blob" => [],
            "a second gzip member" => [.. GoodBlob, .. TestImage.Gzip(new byte[512])],
            _ => TestImage.Gzip(Good[..^1]),
        };
        Assert.Contains("diff ID", (await LayerFailsAsync<DigestMismatchException>(blob, Digest.Sha256(Good))).Message, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs")]
    [InlineData("text")]
    [InlineData("random bytes")]
    [InlineData("half a header")]
    [InlineData("half a file")]
    [InlineData("a size of exabytes")]
    [InlineData("thirty thousand folders deep")]
    [InlineData("a path longer than Linux takes")]
    [InlineData("a path made long by links")]
    [InlineData("attributes of gigabytes")]
    [InlineData("a name of gigabytes")]
    [InlineData("sparse runs that overlap")]
    public async Task A_layer_that_is_no_tar_is_corrupt(string kind)
    {
        var random = new byte[100_000];
        new Random(5).NextBytes(random);
        byte[] tar = kind switch
        {
            "text" => Encoding.ASCII.GetBytes(new string('x', 4000)),
            "random bytes" => random,
            "half a header" => Good[..300],
            "half a file" => Good[..100_000],
            "thirty thousand folders deep" => Named(1, 30_000),
            "a path longer than Linux takes" => Named(1, 2049),
            "a path made long by links" => LinkedDeep(),
            "a size of exabytes" => Pax("28 size=9000000000000000000\n"),
            "attributes of gigabytes" => Claims((byte)'x', 0x7FFFFFFF),
            "a name of gigabytes" => Claims((byte)'L', 0x7FFFFFFF),
            _ => Pax($"{"22 GNU.sparse.major=1\n"}{"22 GNU.sparse.minor=0\n"}{"24 GNU.sparse.name=name\n"}{"33 GNU.sparse.realsize=999999999\n"}", Encoding.ASCII.GetBytes("99999999\n" + string.Concat(Enumerable.Repeat("1\n1\n", 100_000)))),
        };
        await LayerFailsAsync<CorruptFormatException>(TestImage.Gzip(tar), Digest.Sha256(tar));
    }

    [ToolTheory("mke2fs")]
    [InlineData(256, 1)]
    [InlineData(5000, 1)]
    public async Task Names_that_no_file_system_takes_are_not_supported(int length, int depth)
    {
        var tar = Named(length, depth);
        await LayerFailsAsync<UnsupportedFormatException>(TestImage.Gzip(tar), Digest.Sha256(tar));
    }

    [ToolTheory("mke2fs", "e2fsck")]
    [InlineData(255, 1)]
    [InlineData(200, 15)]
    [InlineData(1, 2048)]
    public async Task Long_names_and_deep_folders_arrive(int length, int depth)
    {
        var tar = Named(length, depth);
        Server.Add("acme/app", TestImage.Create(layers: [tar]), "1");
        await UnpackAsync(await PackAsync(Images("HOST/acme/app:1")));
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    /// <summary>A folder 2000 deep, and another one as deep in it that is reached by a link.</summary>
    private static byte[] LinkedDeep()
    {
        var deep = string.Join('/', Enumerable.Repeat("n", 2000));
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, deep));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = deep });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "link/" + deep));
        }

        return tar.ToArray();
    }

    private static byte[] Named(int length, int depth)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, string.Join('/', Enumerable.Repeat(new string('n', length), depth))) { ModificationTime = DateTimeOffset.UnixEpoch });
        return tar.ToArray();
    }

    /// <summary>Packs an image whose middle layer is this one.</summary>
    [ToolFact("mke2fs")]
    public async Task Sizes_that_do_not_add_up_are_told_as_what_they_are()
    {
        var image = TestImage.Create();
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(image.Manifest)!;
        foreach (var layer in manifest["layers"]!.AsArray()) layer!["size"] = long.MaxValue;
        Server.Add("acme/app", image with { Manifest = Encoding.UTF8.GetBytes(manifest.ToJsonString()) }, "1");
        Assert.Contains("layer sha256:", (await FailsAsync<DigestMismatchException>(() => Images("HOST/acme/app:1"))).Message, StringComparison.Ordinal);
    }

    private async Task<T> LayerFailsAsync<T>(byte[] blob, Digest diffId)
        where T : Exception
    {
        var first = TestImage.LayerTar(11);
        var last = TestImage.LayerTar(12);
        Server.Add("acme/app", TestImage.Of([(TestImage.Gzip(first), Digest.Sha256(first)), (blob, diffId), (TestImage.Gzip(last), Digest.Sha256(last))]), "1");
        var error = await FailsAsync<T>(() => Images("HOST/acme/app:1"));
        Assert.Contains($"layer {diffId} of {Server.Host}/acme/app:1", error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>One file with PAX records.</summary>
    private static byte[] Pax(string records, byte[]? content = null) =>
        [.. Header("pax", (byte)'x', Encoding.ASCII.GetByteCount(records)), .. Padded(Encoding.ASCII.GetBytes(records)), .. Header("file", (byte)'0', content?.Length ?? 0), .. Padded(content ?? []), .. new byte[1024]];

    /// <summary>A header of a kind whose content the reader needs whole, with a claim of its length and a little of it.</summary>
    private static byte[] Claims(byte kind, long length) => [.. Header("claim", kind, length), .. new byte[2 * Mebibyte]];

    private static byte[] Padded(byte[] content) => [.. content, .. new byte[(512 - (content.Length % 512)) % 512]];

    private static byte[] Header(string name, byte kind, long length)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true)) writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name));
        var header = tar.ToArray()[..512];
        Encoding.ASCII.GetBytes(Convert.ToString(length, 8).PadLeft(11, '0')).CopyTo(header, 124);
        header[156] = kind;
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }
}
