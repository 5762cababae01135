using System.Security.Cryptography;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Compression;

/// <summary>Streams that the usual tools compress, decompressed by us; and ours by them.</summary>
public sealed class DecompressionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = Content(1_200_000);

    public static TheoryData<CompressionFormat, string> Commands => new()
    {
        { CompressionFormat.Gzip, "gzip -1 -c content" },
        { CompressionFormat.Gzip, "gzip -9 -c content" },
        { CompressionFormat.Zstd, "zstd -q -1 -c content" },
        { CompressionFormat.Zstd, "zstd -q -19 --long=27 -c content" },
        { CompressionFormat.Zstd, "zstd -q --no-check --ultra -20 -c content" },
        { CompressionFormat.Xz, "xz -0 -c content" },
        { CompressionFormat.Xz, "xz -9e --check=sha256 -c content" },
        { CompressionFormat.Xz, "xz -T2 --block-size=500000 -c content" },
        { CompressionFormat.Xz, "xz --check=none --x86 --lzma2=dict=1MiB -c content" },
        { CompressionFormat.Bzip2, "bzip2 -1 -c content" },
        { CompressionFormat.Bzip2, "bzip2 -9 -c content" },
        { CompressionFormat.Zip, "zip -q - content" },
        { CompressionFormat.Zip, "zip -q -1 - content" },
    };

    /// <summary>A stream that carries no checksum has nothing to tell a flipped bit by.</summary>
    public static TheoryData<CompressionFormat, string> CommandsWithChecksum
    {
        get
        {
            var data = new TheoryData<CompressionFormat, string>();
            foreach (var row in Commands)
            {
                var command = (string)row[1];
                if (!command.Contains("--no-check", StringComparison.Ordinal) && !command.Contains("=none", StringComparison.Ordinal)) data.Add((CompressionFormat)row[0], command);
            }

            return data;
        }
    }

    [ToolTheory("gzip", "zstd", "xz", "bzip2", "zip")]
    [MemberData(nameof(Commands))]
    public async Task What_a_tool_compressed_comes_back_and_no_cut_goes_unseen(CompressionFormat format, string command)
    {
        File.WriteAllBytes(_folder["content"], _content);
        var compressed = Run(command);

        Assert.Equal(format, CompressionDetector.Detect(compressed));
        Assert.Equal(SHA256.HashData(_content), await DigestAsync(format, new NonSeekableStream(new MemoryStream(compressed))));
        await EveryCutIsSeenAsync(format, compressed);
    }

    [ToolFact("zip")]
    public async Task Zip_files_that_were_written_with_a_known_length_or_from_a_pipe_come_back()
    {
        File.WriteAllBytes(_folder["content"], _content);
        HostTool.Run(new HostToolCall("zip", "-q", "file.zip", "content") { WorkingDirectory = _folder.FullPath }).Succeeded();
        HostTool.Run(new HostToolCall("zip", "-q", "pipe.zip", "-") { WorkingDirectory = _folder.FullPath, Input = _content }).Succeeded();
        HostTool.Run(new HostToolCall("zip", "-q", "-fz", "zip64.zip", "content") { WorkingDirectory = _folder.FullPath }).Succeeded();
        HostTool.Run(new HostToolCall("zip", "-q", "-0", "stored.zip", "content") { WorkingDirectory = _folder.FullPath }).Succeeded();
        foreach (var name in new[] { "file.zip", "pipe.zip", "zip64.zip", "stored.zip" })
        {
            var zip = File.ReadAllBytes(_folder[name]);
            Assert.Equal(SHA256.HashData(_content), await DigestAsync(CompressionFormat.Zip, new MemoryStream(zip)));
            await EveryCutIsSeenAsync(CompressionFormat.Zip, zip);
        }
    }

    [ToolFact("zip")]
    public async Task A_stored_zip_entry_that_does_not_say_where_it_ends_is_refused()
    {
        File.WriteAllBytes(_folder["content"], _content);
        var zip = Run("zip -q -0 - content");
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => DigestAsync(CompressionFormat.Zip, new MemoryStream(zip)));
    }

    [ToolTheory("gzip", "zstd", "xz", "bzip2")]
    [InlineData(CompressionFormat.Gzip, "gzip")]
    [InlineData(CompressionFormat.Zstd, "zstd")]
    [InlineData(CompressionFormat.Xz, "xz")]
    [InlineData(CompressionFormat.Bzip2, "bzip2")]
    public async Task Members_in_a_row_are_one_content(CompressionFormat format, string tool)
    {
        var compressed = new MemoryStream();
        for (var at = 0; at < _content.Length; at += 131_072)
        {
            // This is what pigz -i, pzstd and pbzip2 make, and cat.
            File.WriteAllBytes(_folder["part"], _content.AsSpan(at, Math.Min(131_072, _content.Length - at)).ToArray());
            compressed.Write(Run($"{tool} -c part"));
        }

        Assert.Equal(SHA256.HashData(_content), await DigestAsync(format, new MemoryStream(compressed.ToArray())));
    }

    [ToolTheory("gzip", "zstd", "xz", "bzip2", "zip")]
    [MemberData(nameof(CommandsWithChecksum))]
    public async Task Flipped_bits_are_an_error_or_change_nothing(CompressionFormat format, string command)
    {
        File.WriteAllBytes(_folder["content"], _content.AsSpan(0, 200_000).ToArray());
        var compressed = Run(command);
        var digest = SHA256.HashData(_content.AsSpan(0, 200_000));
        var random = new Random(77);
        var errors = 0;
        for (var round = 0; round < 100; round++)
        {
            var damaged = (byte[])compressed.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.Equal(digest, await DigestAsync(format, new MemoryStream(damaged)));
            }
            catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
            {
                errors++;
            }
        }

        Assert.InRange(errors, 95, 100);
    }

    [ToolFact("zstd", "xz")]
    public async Task Streams_that_need_too_much_memory_are_refused_with_advice()
    {
        File.WriteAllBytes(_folder["content"], _content);
        var zstd = await Assert.ThrowsAsync<UnsupportedFormatException>(() => DigestAsync(CompressionFormat.Zstd, new MemoryStream(Run("zstd -q --ultra --long=30 --zstd=wlog=30 --no-content-size -c content", throughPipe: true))));
        Assert.Contains("--long", zstd.Message, StringComparison.Ordinal);
        var xz = await Assert.ThrowsAsync<UnsupportedFormatException>(() => DigestAsync(CompressionFormat.Xz, new MemoryStream(Run("xz -0 --lzma2=preset=0,dict=512MiB -c content"))));
        Assert.Contains("MiB", xz.Message, StringComparison.Ordinal);
    }

    [ToolTheory("gzip", "zstd")]
    [InlineData(CompressionFormat.Gzip, null)]
    [InlineData(CompressionFormat.Gzip, 0)]
    [InlineData(CompressionFormat.Gzip, 9)]
    [InlineData(CompressionFormat.Zstd, null)]
    [InlineData(CompressionFormat.Zstd, 1)]
    [InlineData(CompressionFormat.Zstd, 15)]
    public async Task What_we_compress_the_tools_take(CompressionFormat format, int? level)
    {
        var encoder = format == CompressionFormat.Gzip ? Encoders.Gzip : Encoders.Zstd;
        var tool = format == CompressionFormat.Gzip ? "gzip" : "zstd";
        foreach (var length in new[] { 0, 1, 131_072, _content.Length })
        {
            File.WriteAllBytes(_folder["content"], _content.AsSpan(0, length).ToArray());
            await using (var file = File.Create(_folder["ours"]))
            await using (var stream = encoder.OpenEncoder(file, level, leaveOpen: true))
            {
                await stream.WriteAsync(_content.AsMemory(0, length));
            }

            var result = HostTool.Run(new HostToolCall(tool, "-d", "-c") { Input = File.ReadAllBytes(_folder["ours"]) }).Succeeded();
            Assert.Empty(result.Error);
            Assert.Equal(_content[..length], System.Text.Encoding.Latin1.GetBytes(result.Output));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Content(int length)
    {
        var random = new Random(42);
        var content = new byte[length];
        for (var at = 0; at < length;)
        {
            var run = Math.Min(random.Next(1, 20_000), length - at);
            if (random.Next(3) == 0) random.NextBytes(content.AsSpan(at, run));
            else for (var i = 0; i < run; i++) content[at + i] = (byte)("etchstream "[i % 11] + (i / 500));
            at += run;
        }

        return content;
    }

    private static async Task EveryCutIsSeenAsync(CompressionFormat format, byte[] compressed)
    {
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            var length = i < 16 ? compressed.Length - 1 - i : i < 24 ? i - 16 : random.Next(compressed.Length);
            await Assert.ThrowsAsync<CorruptFormatException>(() => DigestAsync(format, new MemoryStream(compressed, 0, length)));
        }
    }

    private static async Task<byte[]> DigestAsync(CompressionFormat format, Stream compressed)
    {
        await using var decoder = Decoders.Default.Open(format, compressed);
        return await SHA256.HashDataAsync(decoder);
    }

    private byte[] Run(string command, bool throughPipe = false)
    {
        var words = command.Split(' ');
        var call = new HostToolCall(words[0], throughPipe ? words[1..^1] : words[1..]) { WorkingDirectory = _folder.FullPath };
        if (throughPipe) call = call with { Input = File.ReadAllBytes(_folder[words[^1]]) };
        return System.Text.Encoding.Latin1.GetBytes(HostTool.Run(call).Succeeded().Output);
    }
}
