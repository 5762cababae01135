using System.IO.Compression;
using System.Text;
using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Pack.Layers;
using EtchStream.TestKit;
using EtchStream.Trees;
using Xunit;

namespace EtchStream.Tests.Engine;

/// <summary>A layer's tar comes out of its records and files again, or an error says what is wrong; whatever is in them.</summary>
public sealed class LayerReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LayerReplayTests()
    {
        var diff = _folder.MakeFolder("diff");
        Directory.CreateDirectory(Path.Combine(diff, "usr/lib"));
        File.CreateSymbolicLink(Path.Combine(diff, "lib"), "usr/lib");
        File.WriteAllText(Path.Combine(diff, "usr/lib/x"), "content");
        File.WriteAllText(Path.Combine(diff, "empty"), "");
        File.WriteAllText(_folder["outside"], "content");
        File.CreateSymbolicLink(Path.Combine(diff, "out"), _folder.FullPath);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Segments_and_files_come_in_their_order()
    {
        Write(w =>
        {
            w.AddSegment("head"u8);
            w.AddFile("./usr/lib/x"u8, 7, Crc64.Compute("content"u8));
            w.AddSegment(new byte[3_000_000]);
            w.AddFile("empty"u8, 0, 0);
            w.AddFile("lib/x"u8, 7, Crc64.Compute("content"u8));
            w.AddTail(default);
        });
        Assert.Equal([.. "headcontent"u8, .. new byte[3_000_000], .. "content"u8], Replay());
        using var tree = Tree();
        Assert.Equal(3_000_018, LayerReplay.Measure(tree, "tar-split.json.gz", "the layer"));
    }

    [Theory]
    [InlineData("nothing", 7, "content", "its file nothing is missing")]
    [InlineData("usr/lib/x", 8, "content", "has 7 bytes among its files, where the layer had 8")]
    [InlineData("usr/lib/x", 7, "another", "has another content")]
    [InlineData("usr/lib", 7, "content", "its file usr/lib is missing")]
    [InlineData("out/outside", 7, "content", "its file out/outside is missing")]
    [InlineData("../outside", 7, "content", "its file ../outside is missing")]
    public void What_is_not_as_it_was_is_named(string name, long size, string content, string expected)
    {
        Write(w => w.AddFile(Encoding.UTF8.GetBytes(name), size, Crc64.Compute(Encoding.UTF8.GetBytes(content))));
        var error = Assert.Throws<CorruptFormatException>(Replay);
        Assert.StartsWith("the layer: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":2,"payload":"aGVhZA==","position":1}""", "says that it is number 1")]
    [InlineData("""{"type":3,"payload":"aGVhZA==","position":0}""", "type 3")]
    [InlineData("""{"type":1,"size":7,"payload":null,"position":0}""", "has no name")]
    [InlineData("""{"type":1,"name":"usr/lib/x","size":-7,"payload":null,"position":0}""", "size of -7")]
    [InlineData("""{"type":1,"name":"usr/lib/x","size":7,"payload":"AAAA","position":0}""", "checksum of 3 bytes")]
    [InlineData("""{"type":2,"payload":"%%%","position":0}""", "is not JSON")]
    [InlineData("""{"type":2,"payload":"aGVhZA==","position":0""", "is not JSON")]
    [InlineData("""{"type":2,"payload":"aGVhZA==","position":0} x""", "is not JSON")]
    [InlineData("""{"type":"2","position":0}""", "is not JSON")]
    [InlineData("""[]""", "is no object")]
    [InlineData("""{"type":1,"name":"\ud800","size":7,"position":0}""", "is not JSON")]
    public void A_record_that_is_none_is_refused(string line, string expected)
    {
        WriteLines(line + "\n");
        Assert.Contains(expected, Assert.Throws<CorruptFormatException>(Replay).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_other_writers_may_write_is_taken()
    {
        // White space, other members, another order, no line feed at the end, a name in base64, a file without its checksum.
        WriteLines("\n  {\"position\":0,\"payload\":\"aGVhZA==\",\"more\":{\"a\":[1]},\"type\":2}\r\n\n{\"type\":1,\"name_raw\":\"dXNyL2xpYi94\",\"size\":7,\"payload\":null,\"position\":1}");
        Assert.Equal("headcontent"u8, Replay());
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_an_error_or_changes_nothing()
    {
        Write(w =>
        {
            w.AddSegment("head"u8);
            for (var i = 0; i < 20; i++) w.AddFile("usr/lib/x"u8, 7, Crc64.Compute("content"u8));
            w.AddTail(new byte[2000]);
        });
        var good = Replay();
        var bytes = File.ReadAllBytes(_folder["tar-split.json.gz"]);
        var random = new Random(4);
        for (var i = 0; i < 400; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (i % 4 == 0) damaged = damaged[..random.Next(damaged.Length)];
            File.WriteAllBytes(_folder["tar-split.json.gz"], damaged);
            try
            {
                Assert.Equal(good, Replay());
            }
            catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
            {
                // As it should be.
            }
        }
    }

    private IFileTree Tree() => OperatingSystem.IsLinux() ? new FolderTree(_folder.FullPath) : new PortableFolderTree(_folder.FullPath);

    private byte[] Replay()
    {
        using var tree = Tree();
        using var replay = LayerReplay.Open(tree, "tar-split.json.gz", "diff", "the layer");
        using var bytes = new MemoryStream();
        replay.CopyTo(bytes, 1000);
        return bytes.ToArray();
    }

    private void Write(Action<TarSplitWriter> write)
    {
        using var writer = new TarSplitWriter();
        write(writer);
        using var file = File.Create(_folder["tar-split.json.gz"]);
        foreach (var chunk in writer.Finish().Pieces) file.Write(chunk.Span);
    }

    private void WriteLines(string text)
    {
        using var gzip = new GZipStream(File.Create(_folder["tar-split.json.gz"]), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }
}
