using System.IO.Compression;
using EtchStream.Formats.Compression;
using ICSharpCode.SharpZipLib.BZip2;
using ICSharpCode.SharpZipLib.Zip;
using CompressionLevel = System.IO.Compression.CompressionLevel;

namespace EtchStream.Formats.Tests.Compression;

/// <summary>Content and compressed streams that the tests share, made by other writers than ours where there is one.</summary>
internal static class Samples
{
    /// <summary>
    /// Two xz streams in a row, which hold 120 lines of text: <c>(head -c 2000 s.txt | xz -9 -c; tail -c +2001 s.txt | xz --check=sha256 -c)</c>.
    /// </summary>
    public static byte[] Xz { get; } = Convert.FromBase64String(
        "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AfPAUtdADYaSh8IoCYDTQad+LKlrLJNQFfd3ONBEN8UJB9yE8jykKm93jVWvGCwNp+12BDEkikR156mRIljHQ+Cn8ErTRq7ZRRwsU4sm61hT9nFQ7vcJD" +
        "U9qjA7cGnyUSXLo4hq9h21PtddAakRR01mHUDALgc5rrxbN5hNFWHSEHFky/3DFVcwL9kwhyQQtIWd2yONRGtBquxe1xWXaUtB19JIdY/xKpONv206IxcZnW+KCFfX8gf+DnDLNfcsx84dm2Hi04Sv" +
        "21IZ9QWcTIbaul05Mix9hFoOK/mx9IeymlQEIbQYlC/jPEeeAFjwj8nO8xoy/z4qTdwtKR4TIM/eH0+K5QswTuVYuHYRyJktUy/wfMcXejm9v2mlA1p7Lv4StdvUlzZ8djnomlY3KD1R2Sv8TnK6b1" +
        "yvEeOJszr/aD7wkFKadh5M/HdJEEiFtAAAAL/E+DxhZ1LWAAHnAtAPAAAjUtyfscRn+wIAAAAABFla/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4ATYAOtdADYZQYChQCvmG9jZ2nFDxuBvGVdZRcRc" +
        "LzTUwem5ngEamRgkrQK2Fs+xAqYvQ5BAqAoTq1biGvwwgf6jv8A3647ry8RnCImvF+VKrHY5hSwfV7DpDuKKUKxCocAPYjNGCMu/5pz5VYCOZKHfH6Jmt4mlNCFDUsPhZVdwDxLhtTC8kUBov/YT5x" +
        "HO/5uJeyaHPV9HxjNg6an2oo+PDhT0Ys+O+VJn+5S3El2I9G/sWTgnIqx/5BV1lWaX5TiKjnQyNc9IBveeSBwpOgJB9nVAzJTABK8el7BT+0cWw8fFwGSJGkN0aU9FS7+VBeAAAHZ18gboGpMLboKL" +
        "X2I/9yz2LCxaVG91AaPx9atr4KDmAAGfAtkJAAC37igBtunfHAIAAAAAClla");

    /// <summary>SHA-256 of what <see cref="Xz"/> holds.</summary>
    public const string XzContentDigest = "95a3c8a310849cce6ab85602c6e8a4ce4b96cc43777f11cb5a3508e6900111cc";

    /// <summary>Bytes of which half compress well and half do not.</summary>
    public static byte[] Content(int length, int seed = 1)
    {
        var random = new Random(seed);
        var content = new byte[length];
        for (var at = 0; at < length;)
        {
            var run = Math.Min(random.Next(1, 4000), length - at);
            if (random.Next(2) == 0) random.NextBytes(content.AsSpan(at, run));
            else content.AsSpan(at, run).Fill((byte)random.Next(256));
            at += run;
        }

        return content;
    }

    /// <summary>A compressed stream with all of <paramref name="content"/>, in two members where the format has such.</summary>
    public static byte[] Make(CompressionFormat format, byte[] content)
    {
        var half = content.Length / 2;
        return format switch
        {
            CompressionFormat.Gzip => [.. Gzip(content[..half]), .. Gzip(content[half..])],
            CompressionFormat.Zstd => [.. Zstd(content[..half]), .. SkippableFrame, .. Zstd(content[half..])],
            CompressionFormat.Bzip2 => [.. Bzip2(content[..half]), .. Bzip2(content[half..])],
            CompressionFormat.Zip => Zip(content),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    public static byte[] SkippableFrame => [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9];

    public static byte[] Gzip(byte[] content)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal)) gzip.Write(content);
        return output.ToArray();
    }

    public static byte[] Zstd(byte[] content)
    {
        var output = new MemoryStream();
        using (var zstd = Encoders.Zstd.OpenEncoder(output)) zstd.Write(content);
        return output.ToArray();
    }

    public static byte[] Bzip2(byte[] content)
    {
        var output = new MemoryStream();
        using (var bzip2 = new BZip2OutputStream(output)) bzip2.Write(content);
        return output.ToArray();
    }

    public static byte[] Zip(byte[] content, bool store = false, string name = "disk.img", int files = 1, UseZip64 zip64 = UseZip64.Dynamic)
    {
        var output = new MemoryStream();
        using (var zip = new ZipOutputStream(output) { UseZip64 = zip64 })
        {
            for (var i = 0; i < files; i++)
            {
                var entry = new ZipEntry(i == 0 ? name : name + i) { DateTime = new DateTime(2020, 2, 2, 0, 0, 0, DateTimeKind.Utc) };
                if (store)
                {
                    entry.CompressionMethod = CompressionMethod.Stored;
                    entry.Size = content.Length;
                    entry.Crc = Crc32.Compute(content);
                }

                zip.PutNextEntry(entry);
                zip.Write(content);
                zip.CloseEntry();
            }
        }

        return output.ToArray();
    }

    /// <summary>Decompresses with awaits.</summary>
    public static async Task<byte[]> DecodeAsync(CompressionFormat format, Stream compressed, int readSize = 10_000)
    {
        await using var decoder = Decoders.Default.Open(format, compressed);
        var output = new MemoryStream();
        var buffer = new byte[readSize];
        int count;
        while ((count = await decoder.ReadAsync(buffer)) > 0) output.Write(buffer, 0, count);
        Assert0(await decoder.ReadAsync(buffer));
        return output.ToArray();
    }

    /// <summary>Decompresses without.</summary>
    public static byte[] Decode(CompressionFormat format, byte[] compressed)
    {
        using var decoder = Decoders.Default.Open(format, new MemoryStream(compressed));
        var output = new MemoryStream();
        decoder.CopyTo(output);
        return output.ToArray();
    }

    private static void Assert0(int count)
    {
        if (count != 0) throw new InvalidOperationException("a stream gave bytes after its end");
    }
}
