using EtchStream.Formats.Compression;
using Xunit;

namespace EtchStream.Formats.Tests.Compression;

public class CompressionFuzzTests
{
    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    [InlineData(CompressionFormat.Xz)]
    [InlineData(CompressionFormat.Bzip2)]
    [InlineData(CompressionFormat.Zip)]
    public void Damaged_streams_end_in_our_errors_or_in_bytes_but_never_hang(CompressionFormat format)
    {
        byte[] seed = format == CompressionFormat.Xz ? Samples.Xz : Samples.Make(format, Samples.Content(1200, 20));
        var random = new Random(20 + (int)format);
        var errors = 0;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = Damage(seed, random);
            try
            {
                using var decoder = Decoders.Default.Open(format, new MemoryStream(damaged));
                var buffer = new byte[64 * 1024];
                long total = 0;
                int count;

                // A few hundred bytes can be the deflate form of some hundred thousand zeros; more than that is a loop.
                while ((count = decoder.Read(buffer)) > 0) Assert.True((total += count) < 100_000_000);
            }
            catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
            {
                errors++;
            }
        }

        Assert.True(errors > 2000, $"only {errors} of 3000 were found out");
    }

    private static byte[] Damage(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            var count = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, count);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                    break;
                default:
                    for (var k = 0; k < count; k++) bytes[at + k] = 0xFF;
                    break;
            }
        }

        return [.. bytes];
    }
}
